import { LLMError } from "@llmux/core/adapter";

/** llama.cpp counts in 32 bits; what is larger comes out as anything. */
const MOST = 2 ** 31 - 1;

type Rule = readonly [least: number, most: number, whole: boolean];
const RULES: Readonly<Record<string, Rule>> = {
  contextSize: [1, MOST, true],
  batchSize: [1, MOST, true],
  gpuLayers: [0, MOST, true],
  threads: [0, 4096, true],
  maxTokens: [1, MOST, true],
  temperature: [0, Number.MAX_VALUE, false],
  topK: [0, MOST, true],
  topP: [0, 1, false],
  minP: [0, 1, false],
  seed: [0, 2 ** 32 - 1, true],
};

/**
 * @param of where the numbers come from, for the message
 * @throws LLMError `invalid-request` for a number that llama.cpp can't count with: it would not say so, but do something else
 */
export function checkNumbers(options: object, of: string): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
    if (!rule) continue;
    if (typeof value === "number") check(value, rule, `${of}${name}`);
    else if (typeof value === "object" && value !== null)
      for (const [bound, each] of Object.entries(value))
        if (typeof each === "number") check(each, rule, `${of}${name}.${bound}`);
  }
}

function check(value: number, [least, most, whole]: Rule, parameter: string): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  const expected = `${whole ? "a whole number" : "a number"} from ${least}${most < MOST ? ` to ${most}` : ""}`;
  throw new LLMError({ kind: "invalid-request", parameter, message: `${parameter} is ${value}; expected ${expected}` });
}
