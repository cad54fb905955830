import { assembleResult, type Cost, type GenerateRequest, type GenerateResult, type ResponseInfo } from "@llmux/core";
import type { CacheableAnswer, CacheableRequest, CachedCall } from "./cached-call.js";
import { Copier, copyData } from "./copy-data.js";
import type { Entry } from "./entry.js";

/** What is looked at, of any call's answer. */
type Facts = Partial<Pick<GenerateResult, "response" | "cost" | "cachedAt" | "content" | "finishReason">>;

/** Of one call only. */
const PASSING = ["attempts", "cachedAt"];
/** What follows from the rest, and `output`, which the request's own schema makes, and which may hold anything. */
const DERIVED = ["text", "reasoning", "refusal", "toolCalls", "message", "output"];
const LEFT = new Set([...PASSING, "response"]);
const LEFT_OF_RESULT = new Set([...LEFT, ...DERIVED]);
const HEADERS = new Set(["headers"]);

/** What of an answer is kept: a copy without what only this call was like (headers, tries), and without what can be made again. */
export function entryOf(call: CachedCall, given: CacheableAnswer, ttl: number): Entry {
  const copier = new Copier();
  const answer = copier.copyWithout(given, call === "generate" ? LEFT_OF_RESULT : LEFT);
  const { response } = given as Facts;
  if (response) answer.response = copier.copyWithout(response, HEADERS);
  const at = Date.now();
  return { call, at, until: at + ttl, answer, size: copier.size };
}

export function withoutHeaders(response: ResponseInfo): ResponseInfo {
  return new Copier().copyWithout(response, HEADERS);
}

/** Whether an answer is good enough to be given again: whole, of the model's own will, and given just now. */
export function isWorthKeeping(call: CachedCall, request: CacheableRequest, answer: CacheableAnswer): boolean {
  const { cachedAt, content, finishReason } = answer as Facts;
  if (cachedAt) return false;
  if (call !== "generate") return true;
  if (!content?.length) return false;
  const reason = finishReason?.unified;
  // Cut at a length that was asked for is as whole as it was to be.
  if (reason === "length") return (request as GenerateRequest).maxTokens !== undefined;
  return reason === "stop" || reason === "tool-calls";
}

/** The answer that an entry holds, as it is given again; `undefined` where the request's own schema has no use for it: of two that say the same one may demand more. */
export function fittingAnswer(
  entry: Entry,
  request: CacheableRequest,
): CacheableAnswer | Promise<CacheableAnswer | undefined> {
  const { call, at } = entry;
  const facts = copyData(entry.answer) as Facts;
  if (call === "countTokens") return facts as CacheableAnswer;
  if (facts.cost) facts.cost = nothingOf(facts.cost);
  facts.cachedAt = new Date(at);
  if (call !== "generate") return facts as CacheableAnswer;
  const result = assembleResult({ ...facts, output: undefined } as GenerateResult);
  const { output } = request as GenerateRequest;
  if (!output) return result;
  return outputOf(result, output).then(
    (value) => ({ ...result, output: value }),
    () => undefined,
  );
}

/** What a cached answer costs, of one that cost something. */
export function nothingOf({ source, input, output }: Cost): Cost {
  return { total: 0, ...(input !== undefined && { input: 0 }), ...(output !== undefined && { output: 0 }), source };
}

/** The reply as the request's own schema has it. @throws LLMError `malformed-response` */
export async function outputOf(
  { text, finishReason }: Pick<GenerateResult, "text" | "finishReason">,
  output: NonNullable<GenerateRequest["output"]>,
): Promise<unknown> {
  const { parseOutput } = await import("@llmux/core/answers");
  return (await parseOutput(text, output, finishReason.unified)).output;
}
