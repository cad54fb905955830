import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4Source,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import type { Citation, FinishReason, ProviderMetadata, ResponseInfo } from "@llmux/core";
import type { AdapterEvent, CallContext } from "@llmux/core/adapter";
import { parseToolInput } from "@llmux/core/tool-calls";
import { fromModelCitation, fromSource } from "../shared/citations.js";
import { splitFacts } from "../shared/llmux-facts.js";
import { fromModelUsage } from "../shared/usage.js";
import { fromModelWarning } from "../shared/warnings.js";
import { fromFile } from "./from-file.js";
import { responseInfo } from "./response-info.js";

interface Block {
  kind: "text" | "reasoning" | "refusal";
  id: string;
  metadata: object | undefined;
  sources: LanguageModelV4Source[];
  citations: Citation[] | undefined;
}

type Of<Type extends LanguageModelV4StreamPart["type"]> = Extract<LanguageModelV4StreamPart, { type: Type }>;

/**
 * Turns the stream parts of an AI SDK language model into stream events. The AI SDK's sources stand for themselves: each becomes a
 * citation of the text that it comes in or right after, or else of the next one.
 */
export class PartReader {
  #events: AdapterEvent[] = [];
  #started = false;
  #finished = false;
  #called = false;
  #response: ResponseInfo;
  readonly #open = new Map<string, Block>();
  /** A text that has ended, held back for the sources that may follow. */
  #ended: Block | undefined;
  /** Sources that came before any text that could cite them. */
  #loose: LanguageModelV4Source[] = [];
  /** Tools that the provider runs: what it writes to them is no call of the application's. */
  readonly #provided = new Set<string>();

  constructor(
    readonly id: string,
    headers: Record<string, string> | undefined,
    readonly context: Pick<CallContext, "warn">,
  ) {
    this.#response = responseInfo({ headers });
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** @throws what an `error` part holds; LLMError `connection` where the model was never told why it stopped */
  read(part: LanguageModelV4StreamPart): AdapterEvent[] {
    this.#read(part);
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #read(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case "raw":
      case "ping":
        return;
      case "stream-start":
        for (const warning of part.warnings ?? []) this.context.warn(fromModelWarning(warning));
        return;
      case "response-metadata":
        Object.assign(this.#response, responseInfo(part));
        this.#start();
        return;
      case "source":
        this.#start();
        this.#source(part);
        return;
      case "error":
        throw part.error;
      default:
        this.#start();
        this.#flush();
        this.#content(part);
    }
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#events.push({ type: "start", response: this.#response });
    this.#response = {};
  }

  #content(
    part: Exclude<LanguageModelV4StreamPart, { type: "raw" | "ping" | "stream-start" | "source" | "error" }>,
  ): void {
    switch (part.type) {
      case "text-start":
      case "reasoning-start":
        this.#begin(part);
        return;
      case "text-delta":
      case "reasoning-delta": {
        const block = this.#open.get(keyOf(part)) ?? this.#begin(part);
        block.metadata = part.providerMetadata ?? block.metadata;
        if (part.delta)
          this.#events.push({ type: `${block.kind}-delta`, id: block.id, delta: part.delta } as AdapterEvent);
        return;
      }
      case "text-end":
      case "reasoning-end":
        this.#end(part);
        return;
      case "tool-input-start":
        if (part.providerExecuted) this.#provided.add(part.id);
        else this.#events.push({ type: "tool-input-start", id: part.id, name: part.toolName });
        return;
      case "tool-input-delta":
        if (part.delta && !this.#provided.has(part.id))
          this.#events.push({ type: "tool-input-delta", id: part.id, delta: part.delta });
        return;
      case "tool-input-end":
        if (!this.#provided.has(part.id)) this.#events.push({ type: "tool-input-end", id: part.id });
        return;
      case "tool-call":
        this.#toolCall(part);
        return;
      case "tool-result":
        if (!part.preliminary) this.#provider(part);
        return;
      case "file":
        this.#events.push(fromFile(part));
        return;
      case "custom": {
        const { facts } = splitFacts(part.providerMetadata);
        if (facts.part) this.#events.push(facts.part as AdapterEvent);
        else this.#provider(part);
        return;
      }
      case "finish":
        this.#finish(part);
        return;
      default:
        this.#provider(part as object);
    }
  }

  #begin(part: { type: string; id: string; providerMetadata?: object }): Block {
    const isText = part.type.startsWith("text");
    const kind = !isText ? "reasoning" : splitFacts(part.providerMetadata).facts.refusal ? "refusal" : "text";
    const block: Block = { kind, id: part.id, metadata: part.providerMetadata, sources: [], citations: undefined };
    if (kind === "text") block.sources = this.#loose.splice(0);
    this.#open.set(keyOf(part), block);
    this.#events.push({ type: `${kind}-start`, id: part.id } as AdapterEvent);
    return block;
  }

  #end(part: Of<"text-end"> | Of<"reasoning-end">): void {
    const block = this.#open.get(keyOf(part));
    if (!block) return;
    this.#open.delete(keyOf(part));
    block.metadata = part.providerMetadata ?? block.metadata;
    if (part.type === "text-end" && part.citations?.length) {
      const cited = new Set(part.citations.map(({ source }) => source.id));
      block.sources = block.sources.filter(({ id }) => !cited.has(id));
      block.citations = part.citations.map(fromModelCitation);
    }
    if (block.kind === "text") this.#ended = block;
    else this.#close(block);
  }

  #source(source: LanguageModelV4Source): void {
    const texts = [...this.#open.values()].filter(({ kind }) => kind === "text");
    (texts.at(-1)?.sources ?? this.#ended?.sources ?? this.#loose).push(source);
  }

  #flush(): void {
    const block = this.#ended;
    this.#ended = undefined;
    if (block) this.#close(block);
  }

  #close({ kind, id, metadata: given, sources, citations: cited }: Block): void {
    const { facts, metadata } = splitFacts(given);
    const providerMetadata = metadata && { providerMetadata: metadata };
    if (kind === "refusal") this.#events.push({ type: "refusal-end", id });
    else if (kind === "text") {
      const citations = facts.citations ?? [...(cited ?? []), ...sources.map(fromSource)];
      this.#events.push({ type: "text-end", id, ...(citations.length > 0 && { citations }), ...providerMetadata });
    } else this.#events.push({ type: "reasoning-end", id, ...sealFrom(given), ...providerMetadata });
  }

  #toolCall(part: Of<"tool-call">): void {
    if (part.providerExecuted) {
      this.#provider(part);
      return;
    }
    this.#called = true;
    const { metadata } = splitFacts(part.providerMetadata);
    this.#events.push({
      type: "tool-call",
      id: part.toolCallId,
      name: part.toolName,
      ...fromInput(part.input),
      ...(metadata && { providerMetadata: metadata }),
    });
  }

  #provider(value: object): void {
    this.#events.push({ type: "provider", provider: this.id, value });
  }

  #finish({ finishReason, usage, providerMetadata }: Of<"finish">): void {
    for (const block of this.#open.values()) this.#close(block);
    this.#open.clear();
    const { facts, metadata } = splitFacts(providerMetadata);
    // llmux's own models have told tool calls apart, and say here what they learnt late.
    for (const warning of facts.warnings ?? []) this.context.warn(warning);
    const called = this.#called && facts.provider === undefined;
    const sources = this.#loose.splice(0);
    const all: ProviderMetadata | undefined =
      sources.length > 0 ? { ...metadata, [this.id]: { ...metadata?.[this.id], sources } } : metadata;
    this.#finished = true;
    this.#events.push({
      type: "finish",
      finishReason: fromFinishReason(finishReason, called),
      usage: fromModelUsage(usage),
      ...(Object.keys(this.#response).length > 0 && { response: this.#response }),
      ...(all && { providerMetadata: all }),
    });
  }
}

/** Text and reasoning may use the same id. */
function keyOf({ type, id }: { type: string; id: string }): string {
  return `${type.startsWith("text") ? "text" : "reasoning"} ${id}`;
}

/** Free text, which the AI SDK writes as a JSON string, is no arguments. */
function fromInput(text: string): ReturnType<typeof parseToolInput> {
  const parsed = parseToolInput(text);
  return typeof parsed.input === "string" ? { input: undefined, inputText: parsed.input } : parsed;
}

function fromFinishReason({ unified, raw }: LanguageModelV4FinishReason, called: boolean): FinishReason {
  // Some providers stop for tools in the words in which they stop for good.
  if (called && (unified === "stop" || unified === "other")) return { unified: "tool-calls", raw };
  if (unified === "error" || unified === "interrupted") return { unified: "other", raw: raw ?? unified };
  return { unified, raw };
}

/** The provider's seal on reasoning, which the AI SDK's providers each keep in their own metadata. */
function sealFrom(metadata: object | undefined): { signature?: string; redacted?: string; itemId?: string } {
  const { facts, metadata: rest } = splitFacts(metadata);
  const text = (...names: string[]): string | undefined => {
    for (const own of Object.values(rest ?? {})) {
      for (const name of names) if (typeof own?.[name] === "string") return own[name] as string;
    }
    return undefined;
  };
  const signature = facts.signature ?? text("signature", "thoughtSignature");
  const redacted = facts.redacted ?? text("redactedData", "reasoningEncryptedContent");
  const itemId = facts.id ?? text("itemId");
  return {
    ...(signature !== undefined && { signature }),
    ...(redacted !== undefined && { redacted }),
    ...(itemId !== undefined && { itemId }),
  };
}

/** The parts of a stream that say what the content of a whole answer says. */
export function* partsOf(content: readonly LanguageModelV4Content[]): Generator<LanguageModelV4StreamPart> {
  for (const [index, part] of content.entries()) {
    if (part.type !== "text" && part.type !== "reasoning") {
      yield part;
      continue;
    }
    const { type, text, providerMetadata } = part;
    const id = String(index);
    const metadata = providerMetadata && { providerMetadata };
    yield { type: `${type}-start`, id, ...metadata };
    yield { type: `${type}-delta`, id, delta: text };
    yield {
      type: `${type}-end`,
      id,
      ...metadata,
      ...(part.type === "text" && part.citations && { citations: part.citations }),
    };
  }
}
