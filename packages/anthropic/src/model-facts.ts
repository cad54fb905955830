/** What a model takes, as far as its name tells. */
export interface ModelFacts {
  /** Most output tokens. */
  maxOutput: number;
  /**
   * `budget`: thinks by a token budget; `adaptive`: by effort alone; `either`: by both; `none`: does not think.
   */
  thinking: "none" | "budget" | "either" | "adaptive";
  /** Thinking can't be turned off. */
  alwaysThinks: boolean;
  /** Whether it takes `effort: "xhigh"`. */
  xhigh: boolean;
  /** `one`: temperature or top_p, not both. `none`: neither, nor top_k. */
  sampling: "all" | "one" | "none";
  /** Takes `output_config.format` and strict tools. */
  structuredOutput: boolean;
  /** Takes a system message in mid-conversation. */
  systemMessages: boolean;
}

const NAME =
  /claude-(?:(opus|sonnet|haiku|fable|mythos)-)?(?:(\d)(?:[-.](\d{1,2})(?!\d))?(?!\d))?(?:-(opus|sonnet|haiku))?/;

/**
 * Facts by the model's name, from Anthropic's documentation of models, thinking, effort and structured outputs. A Claude that is
 * newer than this table is taken for one like the newest; a name that is no Claude's belongs to another host that speaks this
 * API, and gets only what all of them have.
 */
export function modelFacts(model: string): ModelFacts {
  const match = NAME.exec(model);
  if (!match) return OTHER;
  const family = match[1] ?? match[4];
  const version = match[2] === undefined ? Number.POSITIVE_INFINITY : Number(match[2]) * 100 + Number(match[3] ?? 0);
  const modern = version >= 407 || (version >= 406 && family !== "haiku");
  return {
    maxOutput: maxOutput(version, family),
    thinking: version >= 407 ? "adaptive" : modern ? "either" : version >= 307 ? "budget" : "none",
    alwaysThinks: family === "fable" || family === "mythos",
    xhigh: version >= 407,
    sampling: version >= 407 ? "none" : version >= 401 ? "one" : "all",
    structuredOutput: version >= 405,
    systemMessages:
      (family === "opus" && version >= 408) || family === "fable" || (family === "mythos" && version >= 500),
  };
}

function maxOutput(version: number, family: string | undefined): number {
  if (version < 305) return 4096;
  if (version < 307) return 8192;
  if (family === "opus" && version < 405) return 32_000;
  return version >= 407 || (family === "opus" && version >= 406) ? 128_000 : 64_000;
}

const OTHER: ModelFacts = {
  maxOutput: 8192,
  thinking: "budget",
  alwaysThinks: false,
  xhigh: false,
  sampling: "all",
  structuredOutput: false,
  systemMessages: false,
};
