import type { FinishReason, ResponseInfo, TextPart, Usage } from "@llmux/core";
import { type AdapterEvent, type AdapterRequest, type CallContext, EventBuilder } from "@llmux/core/adapter";
import type { ChunkTarget } from "./chunk-reader.js";
import type { Family } from "./invoke.js";
import { countOf, malformed } from "./invoke-model.js";
import type { Block } from "./to-messages.js";

/**
 * Claude's text completions, which its oldest models speak.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-text-completion.html
 */
export const claudeText: Family = {
  async toBody(request, context) {
    const { maxTokens, temperature, topP, topK, stopSequences } = request;
    for (const name of WITHOUT) if (request[name] !== undefined) context.unsupported(name, "this model completes text");
    const body: Block = { prompt: toPrompt(request, context), max_tokens_to_sample: maxTokens ?? 4096 };
    if (temperature !== undefined) body.temperature = temperature;
    if (topP !== undefined) body.top_p = topP;
    if (topK !== undefined) body.top_k = topK;
    if (stopSequences?.length) body.stop_sequences = stopSequences;
    return { body };
  },
  async fromReply(reply, answer) {
    const { completion, ...rest } = reply as Completion;
    if (typeof completion !== "string")
      throw (await import("./errors.js")).errorFromBody(reply) ?? malformed("completion", reply);
    return {
      content: completion === "" ? [] : [{ type: "text", text: completion }],
      finishReason: toFinish(rest.stop_reason),
      usage: toUsage(countOf(answer, "input"), countOf(answer, "output")),
      ...metadataOf(rest),
      response: answer.response,
    };
  },
  reader: (response) => new ClaudeTextStream(response),
};

interface Completion extends Block {
  completion?: string;
  stop_reason?: string | null;
  "amazon-bedrock-invocationMetrics"?: { inputTokenCount?: number; outputTokenCount?: number };
}

const WITHOUT = [
  "tools",
  "toolChoice",
  "output",
  "reasoning",
  "seed",
  "frequencyPenalty",
  "presencePenalty",
  "user",
] as const;

const SPEAKERS = { user: "\n\nHuman: ", assistant: "\n\nAssistant: ", tool: "", system: "" };

function toPrompt({ messages }: AdapterRequest, context: CallContext): string {
  let prompt = "";
  for (const { role, content } of messages) {
    const texts = (content as readonly { type: string }[]).filter((part) => {
      if (part.type !== "text") context.unsupported(`messages: ${part.type} part`, "this model completes text");
      return part.type === "text";
    });
    prompt += SPEAKERS[role] + texts.map((part) => (part as TextPart).text).join("");
  }
  return `${prompt}\n\nAssistant:`;
}

function toFinish(raw: string | null | undefined): FinishReason {
  return {
    unified: raw === "stop_sequence" ? "stop" : raw === "max_tokens" ? "length" : "other",
    raw: raw ?? undefined,
  };
}

function toUsage(input: number | undefined, output: number | undefined, raw?: unknown): Usage {
  return {
    inputTokens: { total: input, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: output, reasoning: undefined },
    ...(raw !== undefined && { raw }),
  };
}

/** Which stop sequence it was, and what else is said. */
function metadataOf({ type: _, stop_reason: __, "amazon-bedrock-invocationMetrics": ___, ...rest }: Completion) {
  const said = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
  return said.length > 0 ? { providerMetadata: { bedrock: Object.fromEntries(said) } } : undefined;
}

class ClaudeTextStream implements ChunkTarget {
  ended = false;
  readonly #builder = new EventBuilder();

  constructor(response: ResponseInfo) {
    this.#builder.push({ type: "start", response });
  }

  get finished(): boolean {
    return this.ended;
  }

  /** The chunk that says why it stopped is the last. */
  finish(): void {}

  chunk(event: Completion, out: AdapterEvent[]): void {
    const { completion, ...rest } = event;
    if (completion) this.#builder.text(completion);
    if (rest.stop_reason) {
      this.ended = true;
      const counts = rest["amazon-bedrock-invocationMetrics"];
      this.#builder.finish({
        finishReason: toFinish(rest.stop_reason),
        usage: toUsage(counts?.inputTokenCount, counts?.outputTokenCount, counts),
        ...metadataOf(rest),
      });
    }
    out.push(...this.#builder.take());
  }
}
