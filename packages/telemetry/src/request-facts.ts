import type { EmbedRequest, GenerateImageRequest, GenerateRequest, PolicyContext } from "@llmux/core";
import { GEN_AI, GENERAL, OWN } from "./conventions.js";
import type { CallName } from "./operations.js";
import type { AnyRequest } from "./options.js";
import type { Recorder } from "./recorder.js";

/** Records what was asked for, without its content. */
export function recordRequest(recorder: Recorder, call: CallName, request: AnyRequest): void {
  if (call === "generate" || call === "stream") recordSampling(recorder, request as GenerateRequest);
  else if (call === "embed") recorder.fact(GEN_AI.dimensions, (request as EmbedRequest).dimensions);
  else if (call === "generateImage") {
    const { n, seed } = request as GenerateImageRequest;
    if (n !== 1) recorder.fact(GEN_AI.choiceCount, n);
    recorder.fact(GEN_AI.seed, seed);
  }
  if (call === "stream") recorder.fact(GEN_AI.stream, true);
}

function recordSampling(recorder: Recorder, request: GenerateRequest): void {
  recorder.fact(GEN_AI.maxTokens, request.maxTokens);
  recorder.fact(GEN_AI.temperature, request.temperature);
  recorder.fact(GEN_AI.topP, request.topP);
  recorder.fact(GEN_AI.topK, request.topK);
  recorder.fact(GEN_AI.frequencyPenalty, request.frequencyPenalty);
  recorder.fact(GEN_AI.presencePenalty, request.presencePenalty);
  recorder.fact(GEN_AI.seed, request.seed);
  recorder.text(GEN_AI.stopSequences, request.stopSequences);
  if (request.output !== undefined) recorder.fact(GEN_AI.outputType, "json");
}

/** Records whom the call is for. */
export function recordContext(
  recorder: Recorder,
  { context, user }: { context?: PolicyContext | undefined; user?: string | undefined },
): void {
  recorder.text(GENERAL.user, context?.user ?? user);
  recorder.text(OWN.key, context?.key);
  recorder.text(OWN.tags, context?.tags);
  recorder.text(GEN_AI.conversation, context?.session);
}
