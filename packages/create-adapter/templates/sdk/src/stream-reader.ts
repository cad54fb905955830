import { type AdapterEvent, EventBuilder } from "@llmux/core/adapter";
import { ToolCallBuilder } from "@llmux/core/tool-calls";
import { errorFromObject, malformed, reading } from "./errors.js";
import type { WireAnswer, WireToolCall, WireUsage } from "./from-{{file}}.js";
import { toFinishReason, toUsage } from "./from-{{file}}.js";

/** Reads a stream, chunk by chunk. It is over with `[DONE]`, and with nothing less. */
export class StreamReader {
  done = false;
  readonly #events = new EventBuilder();
  readonly #calls = new ToolCallBuilder(this.#events);
  #finish: string | null | undefined;
  #usage: WireUsage | null | undefined;
  #refused = false;
  #facts: { id?: string | undefined; model?: string | undefined } = {};

  /** The events since the last take. */
  take(): AdapterEvent[] {
    return this.#events.take();
  }

  /** @throws LLMError what the chunk says has failed; `malformed-response` for what is no chunk */
  push(data: string): void {
    if (this.done) return;
    if (data === "[DONE]") this.#end();
    else reading(data, () => this.#read(JSON.parse(data) as WireAnswer, data));
  }

  #read({ error, choices, usage, id, model }: WireAnswer, data: string): void {
    if (error) throw errorFromObject(error);
    if (usage) this.#usage = usage;
    this.#facts = { id: id ?? undefined, model: model ?? undefined };
    const [choice] = choices ?? [];
    if (choice?.finish_reason) this.#finish = choice.finish_reason;
    const { content, reasoning_content, refusal, tool_calls } = choice?.delta ?? {};
    if (reasoning_content) this.#events.reasoning(reasoning_content);
    if (content) this.#events.text(content);
    if (refusal) this.#events.refusal(refusal);
    if (refusal) this.#refused = true;
    for (const call of tool_calls ?? []) this.#call(call, data);
  }

  /** The first piece of a call names it; those that follow have only its number. */
  #call({ index, id, function: fn }: WireToolCall, data: string): void {
    const key = index ?? 0;
    if (id && !fn?.name) throw malformed(data);
    if (id && fn?.name) this.#calls.start(key, id, fn.name);
    this.#calls.delta(key, fn?.arguments ?? "");
  }

  #end(): void {
    this.#calls.endAll();
    this.#events.finish({
      finishReason: toFinishReason(this.#finish, this.#refused),
      usage: toUsage(this.#usage),
      response: this.#facts,
    });
    this.done = true;
  }
}
