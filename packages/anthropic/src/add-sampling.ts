import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import { modelFacts } from "./model-facts.js";

/** Adds the sampling parameters that the model takes; what a body already says of them holds. */
export function addSampling(body: Record<string, unknown>, request: AdapterRequest, context: CallContext): void {
  const { temperature, topP, topK } = request;
  const { sampling } = modelFacts(request.model);
  const type = (body.thinking as { type?: string } | undefined)?.type;
  const thinks = type === "enabled" || type === "adaptive";
  const take = (name: string, value: number | undefined, wire: string, against: string | undefined): void => {
    if (value === undefined) return;
    if (against) context.unsupported(name, against);
    else body[wire] ??= value;
  };
  const never = sampling === "none" ? "this model takes no sampling parameters" : undefined;
  const withThinking = thinks ? "not while the model thinks" : undefined;
  take("temperature", temperature, "temperature", never ?? (temperature === 1 ? undefined : withThinking));
  const both =
    sampling === "one" && body.temperature !== undefined ? "this model takes it or temperature, not both" : undefined;
  take("topP", topP, "top_p", never ?? (topP !== undefined && topP >= 0.95 ? undefined : withThinking) ?? both);
  take("topK", topK, "top_k", never ?? withThinking);
  for (const name of ["seed", "frequencyPenalty", "presencePenalty"] as const) {
    if (request[name] !== undefined) context.unsupported(name);
  }
}
