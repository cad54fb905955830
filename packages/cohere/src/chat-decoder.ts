import {
  type AdapterEvent,
  EventBuilder,
  type EventStreamDecoder,
  eventObject,
  StreamFault,
} from "@llmux/core/adapter";
import { textIn, toolNameIn } from "@llmux/core/answers";
import { ToolCallBuilder } from "@llmux/core/tool-calls";
import { hasFailed, toFinishReason, toMetadata, toUsage } from "./chat-facts.js";
import { citesText, toCitation } from "./citations.js";
import { textOf } from "./from-chat.js";
import type { WireCitation, WireEvent } from "./wire.js";

/** What the stream says went wrong, thrown as `reported`. What it means is told by code that is loaded only then. */
export type Reported = { body: object } | { finish: string; said: string | undefined };

interface OpenText {
  id: string;
  text: string;
  citations: WireCitation[];
}

/** Reads the events of one streamed reply. Its end marker is `message-end`. */
export class ChatDecoder implements EventStreamDecoder {
  done = false;
  readonly #builder = new EventBuilder();
  readonly #tools = new ToolCallBuilder(this.#builder);
  /** By the index of their content block. They end with the message: their citations may come after them. */
  readonly #texts = new Map<number, OpenText>();
  readonly #rest: WireCitation[] = [];
  readonly #logprobs: unknown[] = [];
  #id: string | undefined;
  #planning = false;
  #called = 0;

  /** The events since the last take. */
  take(): AdapterEvent[] {
    return this.#builder.take();
  }

  push(data: string, named: string | undefined, last: boolean): void {
    const event = data === "[DONE]" ? undefined : eventObject<WireEvent>(data, last);
    if (event) this.#read(event, named);
  }

  end(): void {
    if (!this.done) throw new StreamFault("cut");
  }

  #read(event: WireEvent, named: string | undefined): void {
    const type = event.type ?? named;
    const message = event.delta?.message;
    const index = event.index ?? 0;
    if (this.#planning && type !== "tool-plan-delta") this.#endPlan();
    switch (type) {
      case "message-start":
        this.#id = event.id ?? undefined;
        break;
      case "content-start":
      case "content-delta":
        this.#builder.reasoning(textIn(message?.content?.thinking));
        this.#text(index, textIn(message?.content?.text));
        if (event.logprobs) this.#logprobs.push(event.logprobs);
        break;
      case "content-end":
        if (!this.#texts.has(index)) this.#builder.endBlock();
        break;
      case "tool-plan-delta":
        this.#plan(textIn(message?.tool_plan));
        break;
      case "tool-call-start": {
        const call = message?.tool_calls;
        const id = (typeof call?.id === "string" && call.id) || `call_${this.#called}`;
        this.#tools.start(index, id, toolNameIn(call?.function?.name));
        this.#called++;
        this.#tools.delta(index, textIn(call?.function?.arguments));
        break;
      }
      case "tool-call-delta":
        this.#tools.delta(index, textIn(message?.tool_calls?.function?.arguments));
        break;
      case "tool-call-end":
        this.#tools.end(index);
        break;
      case "citation-start":
        if (message?.citations) this.#cite(message.citations);
        break;
      case "message-end":
        this.#end(event);
        break;
      default:
        // Kinds that are not known yet say nothing that is needed; what has no kind and a message is an error.
        if (type === "error" || (type === undefined && typeof event.message === "string"))
          throw reported({ body: event });
    }
  }

  #plan(delta: string): void {
    if (delta === "") return;
    if (!this.#planning) this.#builder.endBlock();
    this.#planning = true;
    this.#builder.reasoning(delta);
  }

  #text(index: number, delta: string): void {
    if (delta === "") return;
    let open = this.#texts.get(index);
    if (!open) {
      this.#builder.endBlock();
      open = { id: `text-${index}`, text: "", citations: [] };
      this.#texts.set(index, open);
      this.#builder.push({ type: "text-start", id: open.id });
    }
    open.text += delta;
    this.#builder.push({ type: "text-delta", id: open.id, delta });
  }

  #cite(citation: WireCitation): void {
    const open = citesText(citation) ? textOf(citation, this.#texts) : undefined;
    (open?.citations ?? this.#rest).push(citation);
  }

  #endPlan(): void {
    this.#planning = false;
    this.#builder.endReasoning({ providerMetadata: { cohere: { tool_plan: true } } });
  }

  #end({ delta, id }: WireEvent): void {
    const raw = delta?.finish_reason;
    if (hasFailed(raw) || delta?.error) throw reported({ finish: raw ?? "ERROR", said: delta?.error ?? undefined });
    this.done = true;
    this.#builder.endBlock();
    this.#tools.endAll();
    for (const { id: block, text, citations } of this.#texts.values()) {
      const cited = citations.map((citation) => toCitation(citation, text));
      this.#builder.push({ type: "text-end", id: block, ...(cited.length > 0 && { citations: cited }) });
    }
    const providerMetadata = toMetadata(this.#logprobs, this.#rest);
    this.#builder.finish({
      finishReason: toFinishReason(raw, this.#called > 0),
      usage: toUsage(delta?.usage),
      response: { id: this.#id ?? id ?? undefined },
      ...(providerMetadata && { providerMetadata }),
    });
  }
}

function reported(what: Reported): StreamFault {
  return new StreamFault("reported", what);
}
