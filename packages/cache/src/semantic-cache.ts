import {
  collect,
  type GenerateRequest,
  type GenerateResult,
  invalidOption,
  type LLMBackend,
  observeStream,
  type StreamEvent,
  streamResult,
  tell,
  withTotalTimeout,
} from "@llmux/core";
import { aborted } from "./aborted.js";
import type { Entry } from "./entry.js";
import { entryOf, fittingAnswer, isWorthKeeping } from "./kept-answer.js";
import { lastQuestion } from "./last-question.js";
import type { CacheMiss } from "./options.js";
import { planOf } from "./plan.js";
import { QuestionIndex, unitVector } from "./question-index.js";
import { copyEvent, iterate } from "./replayed-event.js";
import type { SemanticCacheOptions } from "./semantic-options.js";
import { checkFunctions, type Settings, settingsOf } from "./settings.js";

/** Where a question stands among those that were answered. */
interface Place {
  group: string;
  vector: Float32Array;
  ttl: number;
}

/** What is kept, by what it was an answer to. */
export class SemanticCache {
  readonly #settings: Settings;
  readonly #embed: LLMBackend;
  readonly #index: QuestionIndex;
  readonly #threshold: number;

  constructor(
    private readonly provider: string,
    private readonly options: SemanticCacheOptions,
  ) {
    const { embed, model, threshold = 0.95, maxEntries = 1000, maxBytes = 64 * 2 ** 20, embedTimeout = 5000 } = options;
    const { onHit, onMiss, onFailure } = options;
    if (typeof embed?.embed !== "function") throw invalidOption("embed", "must be a backend that has embed", embed);
    if (typeof model !== "string" || model === "")
      throw invalidOption("model", "must name the model that embeds", model);
    if (!(threshold > 0 && threshold <= 1)) throw invalidOption("threshold", "must be from above 0 to 1", threshold);
    if (!(Number.isInteger(maxEntries) && maxEntries >= 1 && maxEntries <= 1_000_000))
      throw invalidOption("maxEntries", "must be a whole number from 1 to 1,000,000", maxEntries);
    if (!(Number.isSafeInteger(maxBytes) && maxBytes >= 1))
      throw invalidOption("maxBytes", "must be a whole number, 1 or more", maxBytes);
    // A longer timer would overflow and fire at once.
    if (!(embedTimeout >= 1 && embedTimeout < 2 ** 31))
      throw invalidOption("embedTimeout", "must be from 1 to 2^31 ms", embedTimeout);
    checkFunctions({ onHit, onMiss, onFailure });
    this.#settings = settingsOf(options as Partial<Settings>);
    this.#embed = withTotalTimeout(embed, embedTimeout);
    this.#index = new QuestionIndex(maxEntries, maxBytes);
    this.#threshold = threshold;
  }

  async generate(request: GenerateRequest, next: LLMBackend): Promise<GenerateResult> {
    const found = await this.#look("generate", request);
    if (found && "answer" in found) return found.answer;
    const answer = await next.generate(request);
    if (found) this.#keep(found, request, answer);
    return answer;
  }

  async stream(request: GenerateRequest, next: LLMBackend): Promise<AsyncIterable<StreamEvent>> {
    const found = await this.#look("stream", request);
    if (!found) return next.stream(request);
    if ("answer" in found) return streamResult(found.answer);
    const events: StreamEvent[] = [];
    return observeStream(next.stream(request), {
      event: (event) => {
        events.push(copyEvent(event));
        if (event.type === "finish") this.#collect(found, request, events).catch(() => undefined);
      },
    });
  }

  /** An answer, or where one would be kept; `undefined`: neither. */
  async #look(
    call: CacheMiss["call"],
    request: GenerateRequest,
  ): Promise<Place | { answer: GenerateResult } | undefined> {
    const question = lastQuestion(request);
    const plan = question && planOf(this.#settings, this.provider, "generate", request, question.rest);
    if (!plan) return undefined;
    const vector = await this.#vectorOf(question.text, request);
    const place = vector && { group: plan.key, vector, ttl: plan.ttl };
    const found = place && !plan.refresh ? this.#index.find(plan.key, vector, this.#threshold) : undefined;
    const answer = found && ((await fittingAnswer(found.entry, request)) as GenerateResult | undefined);
    if (!found || !answer) {
      tell(this.options.onMiss, { call, model: request.model });
      return place;
    }
    const { similarity, entry } = found;
    this.#tellHit(call, request, entry, similarity);
    const { providerMetadata } = answer;
    return {
      answer: {
        ...answer,
        providerMetadata: { ...providerMetadata, llmux: { ...providerMetadata?.llmux, similarity } },
      },
    };
  }

  async #vectorOf(text: string, { signal, context }: GenerateRequest): Promise<Float32Array | undefined> {
    const { model, dimensions } = this.options;
    try {
      const { embeddings } = await this.#embed.embed!({ model, dimensions, values: [text], signal, context });
      const vector = embeddings[0] && unitVector(embeddings[0]);
      if (!vector) throw new TypeError("The backend that embeds gave no vector");
      return vector;
    } catch (error) {
      if (signal?.aborted) throw aborted(signal);
      tell(this.options.onFailure, { during: "embed", error });
      return undefined;
    }
  }

  async #collect(place: Place, request: GenerateRequest, events: readonly StreamEvent[]): Promise<void> {
    this.#keep(place, request, await collect(iterate(events)));
  }

  #keep({ group, vector, ttl }: Place, request: GenerateRequest, answer: GenerateResult): void {
    // What a tool is called with is in the question's details, which are what two that are near differ in.
    if (answer.toolCalls.length > 0 || !isWorthKeeping("generate", request, answer)) return;
    this.#index.add(group, vector, entryOf("generate", answer, ttl));
  }

  #tellHit(call: CacheMiss["call"], { model }: GenerateRequest, { at, answer }: Entry, similarity: number): void {
    const { cost: saved } = answer as Partial<GenerateResult>;
    const hit = { call, model, cachedAt: new Date(at), similarity };
    tell(this.options.onHit, saved ? { ...hit, saved: { ...saved } } : hit);
  }
}
