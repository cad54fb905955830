/** What a model takes, as far as its name tells. */
export interface ModelFacts {
  /** Whose model: forms of requests differ by it. */
  family: "claude" | "nova" | "gpt-oss" | "deepseek" | "cohere" | "mistral" | "other";
  /** Of a Claude: its version times 100. */
  version: number;
  /** Of a Claude: whether its thinking can't be turned off. */
  alwaysThinks: boolean;
  /** `none`: does not think on request. `budget`: by tokens; `either`: by tokens or effort; `effort`: by effort alone. */
  thinking: "none" | "budget" | "either" | "effort";
  /** Takes `outputConfig.textFormat` and strict tools. */
  structuredOutput: boolean;
  /** Can be told to use a tool, or is not known to refuse it. */
  forcedTools: boolean;
  /** Is known to give a reply as a tool's arguments when told to. */
  outputTool: boolean;
  /** Takes the status of a tool's result. */
  toolStatus: boolean;
}

/** From https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
const STRUCTURED =
  /openai\.gpt-oss|qwen\.qwen3|deepseek\.v3|google\.gemma|minimax\.|moonshot|nvidia\.nemotron|mistral\.(magistral|ministral|mistral-large-3|voxtral)/;

/** Models whose documentation knows `auto` only. */
const AUTO_ONLY = /llama3|llama-3|titan|jamba|cohere|deepseek\.r1/;

/**
 * Facts by the model's id, from AWS's documentation of model parameters, thinking and structured outputs. A Claude that is newer than
 * this table is taken for one like the newest; an id that tells nothing gets only what all models have.
 */
export function modelFacts(base: string): ModelFacts {
  const family = familyOf(base);
  const version = family === "claude" ? claudeVersion(base) : 0;
  const haiku = /haiku/.test(base);
  let thinking: ModelFacts["thinking"] = "none";
  if (family === "gpt-oss" || /nova-2/.test(base)) thinking = "effort";
  else if (version >= 407) thinking = "effort";
  else if (version >= 406 && !haiku) thinking = "either";
  else if (version >= 307) thinking = "budget";
  return {
    family,
    version,
    alwaysThinks: /fable|mythos/.test(base),
    thinking,
    structuredOutput: version >= 405 || STRUCTURED.test(base),
    forcedTools: family === "claude" ? version >= 300 : !AUTO_ONLY.test(base),
    outputTool: version >= 300 || family === "nova" || family === "mistral",
    toolStatus: version >= 300 || family === "nova",
  };
}

const FAMILIES: readonly [RegExp, ModelFacts["family"]][] = [
  [/claude/, "claude"],
  [/(^|[./ ])nova/, "nova"],
  [/gpt-oss/, "gpt-oss"],
  [/deepseek/, "deepseek"],
  [/cohere/, "cohere"],
  [/mistral|mixtral|magistral|voxtral/, "mistral"],
];

function familyOf(base: string): ModelFacts["family"] {
  return FAMILIES.find(([name]) => name.test(base))?.[1] ?? "other";
}

/** `claude-3-7-sonnet-2025…` 307, `claude-opus-4-6` 406, `claude-v2:1` 201, `claude-instant-v1` 100; without a number, the newest. */
function claudeVersion(base: string): number {
  const old = /claude-(?:instant-)?v(\d)(?::(\d)(?!\d))?/.exec(base);
  const match = old ?? /claude-(?:[a-z]+-)?(\d)(?:[-.](\d{1,2})(?!\d))?(?!\d)/.exec(base);
  return match ? Number(match[1]) * 100 + Number(match[2] ?? 0) : Number.POSITIVE_INFINITY;
}
