import { modelVersion } from "./model-version.js";

/** What a model takes, as far as its name tells. */
export interface ModelFacts {
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

/**
 * Facts by the model's name, from Anthropic's documentation of models, thinking, effort and structured outputs. A Claude that is
 * newer than this table is taken for one like the newest; a name that is no Claude's belongs to another host that speaks this
 * API, and gets only what all of them have.
 */
export function modelFacts(model: string): ModelFacts {
  const claude = modelVersion(model);
  if (!claude) return OTHER;
  const { version, family } = claude;
  const modern = version >= 407 || (version >= 406 && family !== "haiku");
  return {
    thinking: version >= 407 ? "adaptive" : modern ? "either" : version >= 307 ? "budget" : "none",
    alwaysThinks: family === "fable" || family === "mythos",
    xhigh: version >= 407,
    sampling: version >= 407 ? "none" : version >= 401 ? "one" : "all",
    structuredOutput: version >= 405,
    systemMessages:
      (family === "opus" && version >= 408) || family === "fable" || (family === "mythos" && version >= 500),
  };
}

const OTHER: ModelFacts = {
  thinking: "budget",
  alwaysThinks: false,
  xhigh: false,
  sampling: "all",
  structuredOutput: false,
  systemMessages: false,
};
