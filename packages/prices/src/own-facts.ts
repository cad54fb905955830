import { invalidOption } from "@llmux/core";
import type { ModelAbilities, ModelFacts, ModelKind } from "./model-facts.js";

type Check = readonly [isIt: (value: unknown) => boolean, must: string];

const KINDS: readonly unknown[] = [
  "chat",
  "completion",
  "embedding",
  "rerank",
  "transcription",
  "speech",
  "image",
  "video",
  "moderation",
  "realtime",
] satisfies ModelKind[];

const isText: Check = [(value) => typeof value === "string", "must be a text"];
const isFlag: Check = [(value) => typeof value === "boolean", "must be true or false"];
const isCount: Check = [
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  "must be a whole number above 0",
];

const FACTS: Readonly<Record<keyof ModelFacts, Check>> = {
  id: isText,
  name: isText,
  description: isText,
  kind: [(value) => KINDS.includes(value), `must be one of ${KINDS.join(", ")}`],
  contextWindow: isCount,
  maxInputTokens: isCount,
  maxOutputTokens: isCount,
  dimensions: isCount,
  abilities: [(value) => typeof value === "object" && value !== null, "must be an object of abilities"],
  deprecated: isFlag,
  retiresAt: [(value) => value instanceof Date && !Number.isNaN(value.getTime()), "must be a date"],
};

const ABILITIES: Readonly<Record<keyof ModelAbilities, Check>> = {
  tools: isFlag,
  parallelToolCalls: isFlag,
  toolChoice: isFlag,
  structuredOutput: isFlag,
  systemMessages: isFlag,
  imageInput: isFlag,
  pdfInput: isFlag,
  audioInput: isFlag,
  videoInput: isFlag,
  audioOutput: isFlag,
  imageOutput: isFlag,
  reasoning: isFlag,
  promptCaching: isFlag,
  webSearch: isFlag,
};

/** @throws LLMError `invalid-request` that names the fact at fault */
export function checkOwnFacts(facts: Readonly<Record<string, ModelFacts>>): void {
  for (const [name, own] of Object.entries(facts)) {
    const at = `facts["${name}"]`;
    if (!name.includes("/")) throw invalidOption(at, "must be named prefix/model");
    check(own, at, FACTS);
    if (own.abilities) check(own.abilities, `${at}.abilities`, ABILITIES);
  }
}

function check(values: unknown, at: string, checks: Readonly<Record<string, Check>>): void {
  if (typeof values !== "object" || values === null) throw invalidOption(at, "must be an object of facts");
  for (const [name, value] of Object.entries(values)) {
    const known = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!known) throw invalidOption(`${at}.${name}`, "is nothing that is known of models");
    const [isIt, must] = known;
    if (value !== undefined && !isIt(value)) throw invalidOption(`${at}.${name}`, must, value);
  }
}
