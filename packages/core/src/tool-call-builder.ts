import type { ToolCallPart } from "./content.js";
import type { EventBuilder } from "./event-builder.js";
import type { ProviderMetadata } from "./provider-options.js";
import { parseToolInput } from "./tool-input.js";

export { parseToolInput, toolInputText } from "./tool-input.js";

/**
 * Turns pieces of tool calls into well-formed events of an {@link EventBuilder}: it collects their arguments, and parses them when
 * they end. `@llmux/core/tool-calls`: apart from `@llmux/core/adapter`, so that a conversation without tools need not load it.
 */
export class ToolCallBuilder {
  readonly #builder: EventBuilder;
  #tools = new Map<
    string | number,
    { id: string; name: string; input: string; metadata?: ProviderMetadata | undefined }
  >();

  constructor(builder: EventBuilder) {
    this.#builder = builder;
  }

  /** Opens a tool call under a key of the wire's (an index, an id). Does nothing for a key that is open. */
  start(key: string | number, id: string, name: string, metadata?: ProviderMetadata): void {
    if (this.#tools.has(key)) return;
    this.#builder.endBlock();
    this.#tools.set(key, { id, name, input: "", metadata });
    this.#builder.push({ type: "tool-input-start", id, name });
  }

  delta(key: string | number, delta: string): void {
    const tool = this.#tools.get(key);
    if (!tool || delta === "") return;
    tool.input += delta;
    this.#builder.push({ type: "tool-input-delta", id: tool.id, delta });
  }

  /** Ends one tool call; `input` replaces the collected text where the wire gives the whole arguments again. */
  end(key: string | number, input?: string): void {
    const tool = this.#tools.get(key);
    if (!tool) return;
    this.#tools.delete(key);
    this.#builder.push({ type: "tool-input-end", id: tool.id });
    const call: ToolCallPart = {
      type: "tool-call",
      id: tool.id,
      name: tool.name,
      ...parseToolInput(input ?? tool.input),
    };
    if (tool.metadata) call.providerMetadata = tool.metadata;
    this.#builder.push(call);
  }

  /** A tool call that came whole. */
  whole(call: ToolCallPart): void {
    this.#builder.endBlock();
    const text = call.inputText ?? JSON.stringify(call.input ?? {});
    for (const event of [
      { type: "tool-input-start", id: call.id, name: call.name },
      { type: "tool-input-delta", id: call.id, delta: text },
      { type: "tool-input-end", id: call.id },
      call,
    ] as const)
      this.#builder.push(event);
  }

  /** Ends every call that is open. */
  endAll(): void {
    for (const key of [...this.#tools.keys()]) this.end(key);
  }
}
