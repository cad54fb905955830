import type { AdapterMessage, AdapterRequest, CallContext } from "@llmux/core/adapter";
import type OpenAI from "openai";
import type { WireHost } from "./host.js";

type CompletionsParams = OpenAI.CompletionCreateParamsNonStreaming;

/** OpenAI takes no more stop sequences than this. */
const MOST_STOPS = 4;

/**
 * A request in the words of the legacy Completions API, which continues a prompt:
 *
 * - One message, of whatever role, is the prompt as it is.
 * - Of several, system messages stand as they are and every other under a line with its speaker (`user:`, `assistant:`, or its name),
 *   with an empty line between. The prompt ends with `assistant:`, for the model to go on from; after a last message of the assistant's,
 *   with that. So that the model does not go on to play the user, `\nuser:` is a further stop sequence where there is room for one.
 *
 * @throws LLMError `unsupported` for what the API can't do, unless the context drops it
 */
export function toCompletions(request: AdapterRequest, context: CallContext, host: WireHost): CompletionsParams {
  const { api: _, ...own } = (request.providerOptions?.[host.provider] ?? {}) as Partial<CompletionsParams> & {
    api?: unknown;
  };
  for (const parameter of ["tools", "toolChoice", "parallelToolCalls", "output", "reasoning", "cacheKey"] as const) {
    if (request[parameter] !== undefined)
      context.unsupported(parameter, "the legacy Completions API only continues text");
  }
  if (request.topK !== undefined && !host.topK) context.unsupported("topK", "Completions have no such parameter");
  if ((own.n ?? 1) > 1)
    context.warn({ type: "other", parameter: "n", message: "Of the n choices only the first is read" });
  const { prompt, stops } = toPrompt(request.messages, context, host);
  const stop = [...(request.stopSequences ?? [])];
  for (const more of stops) if (stop.length < MOST_STOPS && !stop.includes(more)) stop.push(more);
  const body = {
    model: request.model,
    prompt,
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: host.topK ? request.topK : undefined,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    stop: stop.length > 0 ? stop : undefined,
    seed: request.seed,
    user: request.user,
    ...own,
  };
  return body as CompletionsParams;
}

function toPrompt(
  messages: readonly AdapterMessage[],
  context: CallContext,
  host: WireHost,
): { prompt: string; stops: string[] } {
  const [only] = messages;
  if (only && messages.length === 1) return { prompt: textOf(only, context, host), stops: [] };
  const turns: string[] = [];
  const users = new Set<string>();
  for (const message of messages) {
    const text = textOf(message, context, host);
    // Dropped, when its text can't be had.
    if (message.role === "tool") continue;
    const speaker = message.role === "system" ? undefined : (message.name ?? message.role);
    if (message.role === "user") users.add(`\n${speaker}:`);
    turns.push(speaker === undefined ? text : `${speaker}:\n${text}`);
  }
  if (messages.at(-1)?.role !== "assistant") turns.push("assistant:\n");
  return { prompt: turns.join("\n\n"), stops: [...users] };
}

function textOf(message: AdapterMessage, context: CallContext, host: WireHost): string {
  let text = "";
  for (const part of message.content) {
    if (part.type === "text" || part.type === "refusal") {
      text += part.text;
      if (part.providerOptions?.[host.provider])
        context.unsupported("messages", "a text has no options of its own in a prompt");
    } else if (part.type === "reasoning") {
      const why = "Completions take no reasoning back; it was left out of the history";
      context.warn({ type: "dropped", parameter: "messages", message: why });
    } else context.unsupported("messages", `a prompt can hold no ${part.type} part`);
  }
  return text;
}
