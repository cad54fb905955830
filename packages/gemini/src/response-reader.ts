import type { ProviderMetadata, ResponseInfo, ToolCallPart } from "@llmux/core";
import { type AdapterEvent, EventBuilder } from "@llmux/core/adapter";
import { ToolCallBuilder } from "@llmux/core/tool-calls";
import { citationsOf } from "./citations.js";
import { blocked, toFinishReason } from "./finish-reason.js";
import type { GoogleProvider } from "./host.js";
import { mediaPart } from "./media-part.js";
import { PartialArgs } from "./partial-args.js";
import { ResponseFacts } from "./response-facts.js";
import { toUsage } from "./usage.js";
import { listOf, type WireCandidate, type WireFunctionCall, type WirePart, type WireResponse } from "./wire.js";

/** A call whose arguments are still coming. */
interface OpenCall {
  id: string;
  args: PartialArgs;
}

/**
 * Makes events of an answer, whole or in pieces: both go through here, so that both say the same. Text that came in pieces is joined,
 * but never across a part that carries a signature: it has to go back just as it came.
 */
export class ResponseReader {
  readonly #provider: GoogleProvider;
  readonly #info: ResponseInfo;
  readonly #builder = new EventBuilder();
  readonly #tools = new ToolCallBuilder(this.#builder);
  readonly #facts = new ResponseFacts();
  #started = false;
  /** The block that is open. `full`: it takes no more text. */
  #open: { kind: "text" | "reasoning"; text: string; signature?: string; full: boolean } | undefined;
  #call: OpenCall | undefined;
  #calls: number;
  #signatures = 0;
  #toolCalls = false;
  #finishReason: string | number | undefined;
  #blockReason: string | number | undefined;

  /** `calls`: how many tool calls the conversation holds already, for the ids of those that come without one. */
  constructor(provider: GoogleProvider, info: ResponseInfo, calls: number) {
    this.#provider = provider;
    this.#info = info;
    this.#calls = calls;
  }

  /** Whether the model has said why it stopped, or the API why it did not begin. */
  get ended(): boolean {
    return this.#finishReason !== undefined || this.#blockReason !== undefined;
  }

  /** Takes an answer, or a piece of one. */
  push(response: WireResponse): void {
    const candidate = listOf(response.candidates).find(({ index }) => (index ?? 0) === 0);
    this.#facts.add(response, candidate);
    if (!this.#started) {
      this.#started = true;
      this.#builder.push({ type: "start", response: { ...this.#info, ...this.#facts.response } });
    }
    const { blockReason } = response.promptFeedback ?? {};
    if (blockReason) this.#blockReason = blockReason;
    if (!candidate) return;
    for (const part of listOf(candidate.content?.parts)) this.#part(part);
    if (candidate.finishReason) this.#finishReason = candidate.finishReason;
  }

  /** The events since the last take. */
  take(): AdapterEvent[] {
    return this.#builder.take();
  }

  /** To be called when there is no more. */
  finish(): void {
    this.#endCall();
    this.#close(this.#facts.rest);
    const stopped = this.#finishReason;
    this.#builder.finish({
      finishReason:
        stopped === undefined && this.#blockReason !== undefined
          ? blocked(this.#blockReason)
          : toFinishReason(stopped, this.#toolCalls),
      usage: toUsage(this.#facts.usage),
      response: this.#facts.response,
      ...this.#metadata(this.#facts.rest),
    });
  }

  #part(part: WirePart): void {
    const signature = part.thoughtSignature || undefined;
    if (typeof part.text === "string") this.#text(part.thought === true ? "reasoning" : "text", part.text, signature);
    else if (part.functionCall) this.#functionCall(part.functionCall, signature);
    else {
      // A picture that was only thought of is no part of the reply, nor is what only Google understands.
      const media = part.thought === true ? undefined : mediaPart(part);
      if (!media && Object.keys(part).length === 0) return;
      this.#close();
      if (media) this.#builder.push({ ...media, ...this.#sealed(signature) });
      else this.#builder.push({ type: "provider", provider: this.#provider, value: part });
    }
  }

  #text(kind: "text" | "reasoning", text: string, signature: string | undefined): void {
    if (text === "" && signature === undefined) return;
    if (text === "") {
      this.#emptyText(kind, signature as string);
      return;
    }
    if (this.#open && (this.#open.kind !== kind || this.#open.full || signature !== undefined)) this.#close();
    if (kind === "text") this.#builder.text(text);
    else this.#builder.reasoning(text);
    this.#open ??= { kind, text: "", full: false };
    this.#open.text += text;
    if (signature !== undefined) Object.assign(this.#open, { signature, full: true });
  }

  /**
   * A signature on its own, as it comes at the end of a stream. The text before it stays open: what it rests on may come later still.
   */
  #emptyText(kind: "text" | "reasoning", signature: string): void {
    if (kind === "reasoning" || this.#open?.kind === "reasoning") this.#close();
    if (kind === "reasoning") {
      this.#builder.endReasoning({ signature, ...this.#sealed(signature) });
      return;
    }
    if (this.#open) this.#open.full = true;
    const id = `signature-${this.#signatures++}`;
    this.#builder.push({ type: "text-start", id });
    this.#builder.push({ type: "text-end", id, ...this.#sealed(signature) });
  }

  #functionCall(call: WireFunctionCall, signature: string | undefined): void {
    const { name, partialArgs, willContinue } = call;
    if (name) {
      this.#endCall();
      this.#close();
      this.#toolCalls = true;
      const id = call.id || `call_${this.#calls}`;
      this.#calls++;
      const { providerMetadata } = this.#sealed(signature);
      if (!willContinue && !partialArgs) {
        const part: ToolCallPart = { type: "tool-call", id, name, input: call.args ?? {} };
        this.#tools.whole(providerMetadata ? { ...part, providerMetadata } : part);
        return;
      }
      this.#tools.start(id, id, name, providerMetadata);
      this.#call = { id, args: new PartialArgs(call.args ?? {}) };
    }
    const open = this.#call;
    if (!open) return;
    for (const piece of listOf(partialArgs)) this.#tools.delta(open.id, open.args.push(piece));
    if (!willContinue) this.#endCall();
  }

  #endCall(): void {
    if (!this.#call) return;
    const { id, args } = this.#call;
    this.#call = undefined;
    this.#tools.delta(id, args.end());
    this.#tools.end(id, JSON.stringify(args.value));
  }

  #close(candidate?: WireCandidate): void {
    if (!this.#open) return;
    const { kind, text, signature } = this.#open;
    this.#open = undefined;
    if (kind === "reasoning" && signature !== undefined) {
      this.#builder.endReasoning({ signature, ...this.#sealed(signature) });
    } else {
      const citations = candidate && kind === "text" ? citationsOf(candidate, text) : undefined;
      this.#builder.endBlock({ ...(citations && { citations }), ...this.#sealed(signature) });
    }
  }

  #sealed(thoughtSignature: string | undefined): { providerMetadata?: ProviderMetadata } {
    return thoughtSignature === undefined ? {} : this.#metadata({ thoughtSignature });
  }

  #metadata(facts: Record<string, unknown>): { providerMetadata?: ProviderMetadata } {
    return Object.keys(facts).length === 0 ? {} : { providerMetadata: { [this.#provider]: facts } };
  }
}
