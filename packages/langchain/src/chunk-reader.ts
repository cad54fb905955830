import { AIMessageChunk, type AIMessageChunkFields, type MessageContent } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import type { FinishEvent, ResponseInfo, StreamEvent } from "@llmux/core";
import { extras, toBlock, toWholeBlock } from "./blocks.js";
import { responseMetadata } from "./to-message.js";
import { toUsageMetadata } from "./usage.js";

/**
 * Turns stream events into LangChain's chunks, which add up to a message. Text comes as strings for as long as there is nothing but
 * text; from the first block of another kind on all comes as blocks.
 */
export class ChunkReader {
  #response: ResponseInfo = {};
  #model: string | undefined;
  /** Blocks have begun: their places by the ids of their events. */
  #blocks = false;
  readonly #places = new Map<string, number>();
  #nextPlace = 0;
  #texts = 0;
  readonly #textIndexes = new Map<string, number>();
  readonly #tools = new Map<string, number>();
  #provider: string | undefined;

  /** The chunk that an event is; `undefined` for one that LangChain has no need of. */
  read(event: StreamEvent): ChatGenerationChunk | undefined {
    switch (event.type) {
      case "start":
        this.#response = event.response;
        this.#model = event.model;
        this.#provider = event.provider;
        return this.#chunk({
          content: "",
          response_metadata: responseMetadata({ provider: event.provider }, {}, event.warnings),
        });
      case "text-start":
        this.#textIndexes.set(event.id, this.#texts++);
        return undefined;
      case "text-delta":
        if (!this.#blocks) return this.#chunk({ content: event.delta }, event.delta);
        return this.#block(`text ${event.id}`, { type: "text", text: event.delta }, event.delta);
      case "text-end": {
        const { citations, providerMetadata } = event;
        if (!citations && !providerMetadata) return undefined;
        const index = String(this.#textIndexes.get(event.id));
        const facts = { ...(citations && { citations }), ...(providerMetadata && { providerMetadata }) };
        return this.#chunk({ content: "", additional_kwargs: { llmux: { texts: { [index]: facts } } } });
      }
      case "reasoning-start":
        return this.#block(`reasoning ${event.id}`, { type: "reasoning", reasoning: "" });
      case "reasoning-delta":
        return this.#block(`reasoning ${event.id}`, { type: "reasoning", reasoning: event.delta });
      case "reasoning-end": {
        const { id, signature, redacted, itemId, providerMetadata } = event;
        const sealed = signature !== undefined || redacted !== undefined || itemId !== undefined;
        const provider = sealed ? this.#provider : undefined;
        const facts = extras({ signature, redacted, id: itemId, provider, providerMetadata });
        if (!facts.extras) return undefined;
        return this.#block(`reasoning ${id}`, { type: "reasoning", reasoning: "", ...facts });
      }
      case "refusal-delta":
        return this.#block(`refusal ${event.id}`, { ...toBlock({ type: "refusal", text: event.delta }) });
      case "refusal-start":
      case "refusal-end":
      case "tool-input-end":
        return undefined;
      case "tool-input-start":
        return this.#toolChunk(event.id, "", event.name);
      case "tool-input-delta":
        return this.#toolChunk(event.id, event.delta);
      case "tool-call": {
        const { id, name, input, inputText, providerMetadata } = event;
        const known = this.#tools.has(id);
        if (known && !providerMetadata) return undefined;
        const facts = providerMetadata && { llmux: { toolCalls: { [id]: { providerMetadata } } } };
        if (known) return this.#chunk({ content: "", additional_kwargs: facts ?? {} });
        return this.#toolChunk(id, inputText ?? JSON.stringify(input ?? {}), name, facts);
      }
      case "finish":
        return this.#finish(event);
      default:
        return this.#block(`whole ${this.#nextPlace}`, toWholeBlock(event));
    }
  }

  /** The text of a reply that could not be parsed, as far as it has not come. */
  rest(text: string): ChatGenerationChunk {
    return this.#chunk({ content: text }, text);
  }

  #block(key: string, block: object, text = ""): ChatGenerationChunk {
    this.#blocks = true;
    let index = this.#places.get(key);
    if (index === undefined) {
      index = this.#nextPlace++;
      this.#places.set(key, index);
    }
    return this.#chunk({ content: [{ ...block, index }] as unknown as MessageContent }, text);
  }

  #toolChunk(id: string, args: string, name?: string, kwargs: Record<string, unknown> = {}): ChatGenerationChunk {
    const first = !this.#tools.has(id);
    if (first) this.#tools.set(id, this.#tools.size);
    const chunk = { type: "tool_call_chunk" as const, args, index: this.#tools.get(id) as number };
    return this.#chunk({
      content: "",
      additional_kwargs: kwargs,
      tool_call_chunks: [first ? { ...chunk, id, ...(name !== undefined && { name }) } : chunk],
    });
  }

  #finish({
    finishReason,
    usage,
    response = {},
    warnings,
    providerMetadata,
    output,
  }: FinishEvent): ChatGenerationChunk {
    const usageMetadata = toUsageMetadata(usage);
    this.#response = { ...this.#response, ...response };
    const facts = {
      finishReason,
      ...(this.#model !== undefined && { model: this.#model }),
      ...(providerMetadata && { providerMetadata }),
    };
    return this.#chunk({
      content: "",
      additional_kwargs: output === undefined ? {} : { parsed: output },
      response_metadata: responseMetadata(facts, this.#response, warnings),
      ...(usageMetadata && { usage_metadata: usageMetadata }),
    });
  }

  #chunk(fields: AIMessageChunkFields, text = ""): ChatGenerationChunk {
    const { id } = this.#response;
    return new ChatGenerationChunk({
      text,
      message: new AIMessageChunk({ ...fields, ...(id !== undefined && { id }) }),
    });
  }
}
