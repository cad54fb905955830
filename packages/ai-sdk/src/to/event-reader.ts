import type { LanguageModelV4StreamPart, SharedV4Warning } from "@ai-sdk/provider";
import type { FinishEvent, ReasoningEndEvent, ResponseInfo, StartEvent, StreamEvent, TextEndEvent } from "@llmux/core";
import { withFacts } from "../shared/llmux-facts.js";
import { toModelUsage } from "../shared/usage.js";
import { toModelWarning } from "../shared/warnings.js";
import { answeredBy, responseMetadata } from "./response.js";
import { textEnd, toWholePart } from "./to-content.js";

/** Turns stream events into the stream parts of an AI SDK language model. */
export class EventReader {
  response: ResponseInfo = {};
  #provider = "";
  #model = "";
  #sources = 0;
  #started = false;
  #text = "";
  readonly #open = new Map<string, "text" | "reasoning">();

  /** @param warnings what is to be said at the start, beside the backend's own */
  constructor(readonly warnings: readonly SharedV4Warning[]) {}

  read(event: StreamEvent): LanguageModelV4StreamPart[] {
    if (event.type === "start") return this.#start(event);
    // A policy's stream may leave the start out; the AI SDK's begins with one.
    const parts = this.#started ? [] : this.#start();
    parts.push(...this.#read(event));
    return parts;
  }

  /** Ends a stream whose text could not be parsed: with what of the text has not come yet, and the ends of what is open. */
  close(text: string): LanguageModelV4StreamPart[] {
    const parts: LanguageModelV4StreamPart[] = this.#started ? [] : this.#start();
    const rest = text.startsWith(this.#text) ? text.slice(this.#text.length) : "";
    if (rest !== "") {
      let id = [...this.#open].findLast(([, kind]) => kind === "text")?.[0];
      if (id === undefined) {
        id = "text-rest";
        this.#open.set(id, "text");
        parts.push({ type: "text-start", id });
      }
      parts.push({ type: "text-delta", id, delta: rest });
    }
    for (const [id, kind] of this.#open) parts.push({ type: `${kind}-end`, id });
    this.#open.clear();
    return parts;
  }

  #start(event?: StartEvent): LanguageModelV4StreamPart[] {
    this.#started = true;
    const warnings = [...this.warnings, ...(event?.warnings ?? []).map(toModelWarning)];
    const parts: LanguageModelV4StreamPart[] = [{ type: "stream-start", warnings }];
    if (!event) return parts;
    this.response = event.response;
    this.#provider = event.provider;
    this.#model = event.model;
    return [...parts, { type: "response-metadata", ...responseMetadata(event.response) }];
  }

  #read(event: Exclude<StreamEvent, StartEvent>): LanguageModelV4StreamPart[] {
    switch (event.type) {
      case "text-start":
      case "reasoning-start":
        this.#open.set(event.id, event.type === "text-start" ? "text" : "reasoning");
        return [{ type: event.type, id: event.id }];
      case "refusal-start":
        this.#open.set(event.id, "text");
        return [{ type: "text-start", id: event.id, ...withFacts(undefined, { refusal: true }) }];
      case "text-delta":
        this.#text += event.delta;
        return [{ type: "text-delta", id: event.id, delta: event.delta }];
      case "reasoning-delta":
        return [{ type: event.type, id: event.id, delta: event.delta }];
      case "refusal-delta":
        return [{ type: "text-delta", id: event.id, delta: event.delta }];
      case "text-end":
        return this.#endText(event);
      case "reasoning-end":
        return this.#endReasoning(event);
      case "refusal-end":
        this.#open.delete(event.id);
        return [{ type: "text-end", id: event.id, ...withFacts(undefined, { refusal: true }) }];
      case "tool-input-start":
        return [{ type: "tool-input-start", id: event.id, toolName: event.name }];
      case "tool-input-delta":
      case "tool-input-end":
        return [event];
      case "finish":
        return this.#finish(event);
      default:
        return [toWholePart(event)];
    }
  }

  #endText(event: TextEndEvent): LanguageModelV4StreamPart[] {
    this.#open.delete(event.id);
    const { sources, ...end } = textEnd(event, () => `source-${this.#sources++}`);
    return [...sources, { type: "text-end", id: event.id, ...end }];
  }

  #endReasoning({ id, signature, redacted, itemId, providerMetadata }: ReasoningEndEvent): LanguageModelV4StreamPart[] {
    this.#open.delete(id);
    const sealed = signature !== undefined || redacted !== undefined || itemId !== undefined;
    const provider = sealed ? this.#provider || undefined : undefined;
    return [
      { type: "reasoning-end", id, ...withFacts(providerMetadata, { signature, redacted, id: itemId, provider }) },
    ];
  }

  #finish({ finishReason, usage, response, warnings, providerMetadata }: FinishEvent): LanguageModelV4StreamPart[] {
    const late = response ? [{ type: "response-metadata" as const, ...responseMetadata(response) }] : [];
    const facts = { ...this.response, ...response };
    const metadata = answeredBy(providerMetadata, this.#provider, this.#model, facts).providerMetadata ?? {};
    // The AI SDK takes warnings at the start alone: what was learnt later stands in the metadata.
    if (warnings?.length) Object.assign(metadata.llmux ?? {}, { warnings });
    return [...late, { type: "finish", finishReason, usage: toModelUsage(usage), providerMetadata: metadata }];
  }
}
