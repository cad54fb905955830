import type { Attempt, Cost, FinishReason, ResponseInfo } from "@llmux/core";
import { GEN_AI, OWN } from "./conventions.js";
import type { Recorder } from "./recorder.js";

/** What is known of an answer, whichever call it is of; all of it may be missing. */
export interface Answer {
  provider?: string | undefined;
  model?: string | undefined;
  response?: ResponseInfo | undefined;
  finishReason?: FinishReason | undefined;
  usage?: AnswerUsage | undefined;
  cost?: Cost | undefined;
  attempts?: readonly Attempt[] | undefined;
  cachedAt?: Date | undefined;
}

interface AnswerUsage {
  inputTokens?: { total?: number | undefined; cacheRead?: number | undefined; cacheWrite?: number | undefined };
  outputTokens?: { total?: number | undefined; reasoning?: number | undefined };
}

export function recordAnswer(recorder: Recorder, { response, finishReason, usage, cost, cachedAt }: Answer): void {
  recorder.fact(GEN_AI.responseId, response?.id);
  recorder.fact(GEN_AI.responseModel, response?.model);
  recorder.fact(OWN.requestId, response?.requestId);
  if (finishReason) recorder.fact(GEN_AI.finishReasons, [finishWord(finishReason)]);
  recorder.fact(OWN.cost, cost?.total);
  recorder.fact(OWN.costSource, cost?.source);
  // The tokens of an answer out of a cache were used when it was first given, and stand there.
  if (cachedAt) {
    recorder.fact(OWN.cacheHit, true);
    return;
  }
  recorder.fact(GEN_AI.inputTokens, usage?.inputTokens?.total);
  recorder.fact(GEN_AI.cacheReadTokens, usage?.inputTokens?.cacheRead);
  recorder.fact(GEN_AI.cacheWriteTokens, usage?.inputTokens?.cacheWrite);
  recorder.fact(GEN_AI.outputTokens, usage?.outputTokens?.total);
  recorder.fact(GEN_AI.reasoningTokens, usage?.outputTokens?.reasoning);
}

/** A finish reason in the conventions' words, or the provider's own where they have none. */
export function finishWord({ unified, raw }: FinishReason): string {
  if (unified === "content-filter") return "content_filter";
  if (unified === "tool-calls") return "tool_call";
  return unified === "other" ? (raw ?? "other") : unified;
}
