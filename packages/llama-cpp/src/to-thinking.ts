import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { ChatWrapper } from "node-llama-cpp";
import type { LoadedModel } from "./loaded-model.js";
import type { LlamaCppOptions } from "./options.js";

export interface Thinking {
  wrapper: ChatWrapper;
  budgets?: { thoughtTokens: number };
}

/** gpt-oss alone knows grades, and these three. */
const GRADES = { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" } as const;

/**
 * The model's chat format, set to think as much as was asked for.
 * @throws LLMError `unsupported` where the model can't be told
 */
export function withThinking(
  loaded: LoadedModel,
  { reasoning }: AdapterRequest,
  options: LlamaCppOptions,
  context: CallContext,
): Thinking {
  const { chatWrapper: type, chatWrapperSettings: settings } = options;
  const { wrapper, fault } = loaded.chatFormat(type, settings);
  if (fault !== undefined) {
    const message = `The chat template in the model's file can't be used (${fault}); the conversation was written as ${wrapper.wrapperName}`;
    context.warn({ type: "other", message });
  }
  const { effort, budgetTokens } = reasoning ?? {};
  if (effort === undefined && budgetTokens === undefined) return { wrapper };
  const budgets = { thoughtTokens: effort === "none" ? 0 : (budgetTokens ?? Number.POSITIVE_INFINITY) };
  if (wrapper.settings.segments?.thought === undefined) {
    if (effort !== "none") context.unsupported("reasoning", "the chat format of this model has no thoughts");
    return { wrapper };
  }
  if (effort === "none") {
    const quiet = loaded.chatFormat(type, {
      ...settings,
      qwen: { thoughts: "discourage", ...settings?.qwen },
      jinjaTemplate: { reasoning: false, ...settings?.jinjaTemplate },
    });
    return { wrapper: quiet.wrapper, budgets };
  }
  if (effort === undefined) return { wrapper, budgets };
  if (wrapper.wrapperName !== "Harmony") {
    context.unsupported("reasoning.effort", "this model thinks or does not; give budgetTokens, or the effort none");
    return { wrapper, budgets };
  }
  const reasoningEffort = GRADES[effort];
  if (reasoningEffort !== effort) {
    const message = `This model knows the efforts low, medium and high; ${effort} was sent as ${reasoningEffort}`;
    context.warn({ type: "changed", parameter: "reasoning.effort", message });
  }
  const graded = loaded.chatFormat(type, { ...settings, harmony: { reasoningEffort, ...settings?.harmony } });
  return { wrapper: graded.wrapper, budgets };
}
