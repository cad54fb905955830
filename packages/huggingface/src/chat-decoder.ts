import {
  type AdapterEvent,
  EventBuilder,
  type EventStreamDecoder,
  eventObject,
  StreamFault,
} from "@llmux/core/adapter";
import { textIn, toolNameIn } from "@llmux/core/answers";
import { ToolCallBuilder } from "@llmux/core/tool-calls";
import { reasoningFieldOf, toFinishReason, toMetadata, toResponse, toUsage } from "./chat-facts.js";
import { toCallId } from "./from-chat.js";
import { toolCallsIn, type WireCompletion, type WireMessage, type WireToolCall, type WireUsage } from "./wire.js";

/**
 * Reads the chunks of one streamed reply. Its end marker is `data: [DONE]`; some providers of the router send none: there the end of the
 * body counts once both a finish reason and the usage have come.
 */
export class ChatDecoder implements EventStreamDecoder {
  done = false;
  readonly #builder = new EventBuilder();
  readonly #tools = new ToolCallBuilder(this.#builder);
  readonly #logprobs: unknown[] = [];
  /** By the wire's index: which call is open there, and under which id. */
  readonly #calls = new Map<number, { key: number; id: unknown }>();
  #called = 0;
  #refused = false;
  #head: WireCompletion | undefined;
  #fingerprint: string | undefined;
  #usage: WireUsage | undefined;
  #finishReason: string | undefined;
  #field: string | undefined;

  /** The events since the last take. */
  take(): AdapterEvent[] {
    return this.#builder.take();
  }

  push(data: string, _event: string | undefined, last: boolean): void {
    if (data === "[DONE]") {
      this.#finish();
      return;
    }
    const chunk = eventObject<WireCompletion>(data, last);
    if (!chunk) return;
    if (chunk.error) throw new StreamFault("reported", chunk);
    if (this.#head === undefined && chunk.id) this.#head = chunk;
    if (chunk.system_fingerprint) this.#fingerprint = chunk.system_fingerprint;
    this.#usage = chunk.usage ?? chunk.x_groq?.usage ?? this.#usage;
    if (!chunk.choices) return;
    if (!Array.isArray(chunk.choices)) throw new StreamFault("shape", chunk);
    const choice: NonNullable<WireCompletion["choices"]>[number] | undefined = chunk.choices[0];
    if (!choice) return;
    if (choice.delta) this.#read(choice.delta);
    if (choice.logprobs?.content) this.#logprobs.push(...choice.logprobs.content);
    if (choice.finish_reason) this.#finishReason = choice.finish_reason;
  }

  /** The provider's own word that it is done. */
  #finish(): void {
    this.done = true;
    this.#endReasoning();
    this.#builder.endBlock();
    this.#tools.endAll();
    const providerMetadata = toMetadata(this.#fingerprint, this.#logprobs);
    this.#builder.finish({
      finishReason: toFinishReason(this.#finishReason, this.#called > 0, this.#refused),
      usage: toUsage(this.#usage),
      response: toResponse(this.#head ?? {}),
      ...(providerMetadata && { providerMetadata }),
    });
  }

  /**
   * The end of the body.
   * @throws StreamFault `cut` where the reply was not whole
   */
  end(): void {
    if (this.done) return;
    if (this.#finishReason === undefined || !this.#usage) throw new StreamFault("cut");
    this.#finish();
  }

  #read(delta: WireMessage): void {
    const field = reasoningFieldOf(delta);
    if (field) {
      this.#field = field;
      this.#builder.reasoning(textIn(delta[field]));
    }
    const text = textIn(delta.content);
    const refusal = textIn(delta.refusal);
    const calls = toolCallsIn(delta);
    if (text !== "" || refusal !== "" || calls.length > 0) this.#endReasoning();
    this.#builder.text(text);
    this.#builder.refusal(refusal);
    if (refusal !== "") this.#refused = true;
    for (const call of calls) this.#call(call);
  }

  #endReasoning(): void {
    if (this.#field === undefined) return;
    this.#builder.endReasoning({ providerMetadata: { huggingface: { field: this.#field } } });
    this.#field = undefined;
  }

  #call(call: WireToolCall): void {
    const index = call.index ?? 0;
    let open = this.#calls.get(index);
    // Some servers give every call the index 0: another id under a name of its own is another call.
    if (open && call.id && call.id !== open.id && call.function?.name) open = undefined;
    if (!open) {
      open = { key: this.#called++, id: call.id };
      this.#calls.set(index, open);
      this.#tools.start(open.key, toCallId(call, open.key), toolNameIn(call.function?.name));
    }
    const input = call.function?.arguments;
    this.#tools.delta(open.key, typeof input === "object" && input ? JSON.stringify(input) : textIn(input));
  }
}
