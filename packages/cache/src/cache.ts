import {
  collect,
  type GenerateRequest,
  type GenerateResult,
  type LLMBackend,
  type StreamEvent,
  streamResult,
  tell,
} from "@llmux/core";
import { aborted } from "./aborted.js";
import type { CacheableAnswer, CacheableRequest, CachedCall } from "./cached-call.js";
import { copyData } from "./copy-data.js";
import type { Entry, Shelf } from "./entry.js";
import { entryOf, fittingAnswer, isWorthKeeping } from "./kept-answer.js";
import type { CacheHit, CacheOptions } from "./options.js";
import { type Plan, planOf, refreshed } from "./plan.js";
import { iterate } from "./replayed-event.js";
import { checkFunctions, type Settings, settingsOf, shelfOf } from "./settings.js";
import { StreamFlight } from "./stream-flight.js";
import { WholeFlight } from "./whole-flight.js";

type Ask = (request: CacheableRequest) => Promise<CacheableAnswer>;
type Found = Entry | undefined | Promise<Entry | undefined>;

/** What is kept, and what is under way. */
export class Cache {
  readonly #settings: Settings;
  readonly #shelf: Shelf;
  readonly #flights = new Map<string, WholeFlight | StreamFlight>();

  constructor(
    private readonly provider: string,
    private readonly options: CacheOptions,
  ) {
    const { onHit, onMiss, onFailure } = options;
    checkFunctions({ onHit, onMiss, onFailure });
    this.#settings = settingsOf(options);
    this.#shelf = shelfOf(options);
  }

  /** Any call but a stream. */
  async answer(
    call: CachedCall,
    request: CacheableRequest,
    ask: Ask,
    plan: Plan | undefined = planOf(this.#settings, this.provider, call, request),
  ): Promise<CacheableAnswer> {
    if (!plan) return ask(request);
    const { signal } = request;
    if (signal?.aborted) throw aborted(signal);
    let flight = this.#flights.get(plan.flight);
    if (flight instanceof StreamFlight) return collect(flight.board(request as GenerateRequest, plan.asked));
    let found = flight ? undefined : this.#look(plan, call, request);
    let from: CacheHit["from"] = "store";
    if (!isEntry(found)) {
      flight ??= this.#fly(plan, call, request, ask, found);
      const { entry, answer, pays } = await flight.board(signal);
      if (pays && answer) return answer;
      found = entry;
      if (answer) from = "flight";
    }
    const own = fittingAnswer(found, request);
    const answer = own instanceof Promise ? await own : own;
    if (!answer) return this.answer(call, request, ask, refreshed(plan));
    this.#tellHit(plan.asked, request, from, found);
    return answer;
  }

  /** @param left fires when whoever asks for the stream leaves before it has it */
  async stream(
    request: GenerateRequest,
    next: LLMBackend,
    left: AbortSignal,
    plan: Plan | undefined = planOf(this.#settings, this.provider, "stream", request),
  ): Promise<AsyncIterable<StreamEvent>> {
    if (!plan) return next.stream(request);
    const { signal } = request;
    if (signal?.aborted) throw aborted(signal);
    const flight = this.#flights.get(plan.flight);
    if (flight instanceof StreamFlight) return flight.board(request, "stream");
    if (flight) {
      const waiting = { ...request, signal: signal ? AbortSignal.any([signal, left]) : left };
      const ask = next.generate.bind(next) as Ask;
      const answer = await this.answer("generate", waiting, ask, plan).catch((error: unknown) => {
        if (left.aborted) return undefined;
        throw error;
      });
      // Who has left is told that it is over, not that it failed.
      return answer ? streamResult(answer as GenerateResult) : iterate([]);
    }
    const found = this.#look(plan, "generate", request);
    if (!isEntry(found)) return this.#flyStream(plan, request, next, found).board(request, "stream");
    const answer = await fittingAnswer(found, request);
    if (!answer) return this.stream(request, next, left, refreshed(plan));
    this.#tellHit("stream", request, "store", found);
    return streamResult(answer as GenerateResult);
  }

  #look({ key, refresh }: Plan, call: CachedCall, request: CacheableRequest): Found {
    return refresh ? undefined : this.#shelf.get(key, call, request);
  }

  #fly(plan: Plan, call: CachedCall, request: CacheableRequest, ask: Ask, found: Found): WholeFlight {
    const drop = (): void => this.#drop(plan, flight);
    const flight = new WholeFlight(async (signal) => {
      try {
        const entry = found && (await found);
        if (entry) {
          drop();
          return { entry, answer: undefined };
        }
        tell(this.options.onMiss, { call, model: request.model });
        const answer = await ask(signal ? { ...request, signal } : request);
        const kept = entryOf(call, answer, plan.ttl);
        this.#keep(plan, request, answer, kept, drop);
        return { entry: kept, answer };
      } catch (error) {
        drop();
        throw error;
      }
    }, drop);
    this.#flights.set(plan.flight, flight);
    return flight;
  }

  #flyStream(plan: Plan, request: GenerateRequest, next: LLMBackend, found: Found): StreamFlight {
    const drop = (): void => this.#drop(plan, flight);
    let stored: Entry | undefined;
    const flight = new StreamFlight({
      open: async (signal) => {
        const entry = await found;
        const answer = entry && ((await fittingAnswer(entry, request)) as GenerateResult | undefined);
        if (entry && answer) {
          stored = entry;
          this.#tellHit("stream", request, "store", entry);
          return { stream: streamResult(answer), stored: true };
        }
        tell(this.options.onMiss, { call: "stream", model: request.model });
        return { stream: next.stream(signal ? { ...request, signal } : request), stored: false };
      },
      onFinish: async (events) => {
        if (stored) return drop();
        try {
          const answer = await collect(iterate(events));
          this.#keep(plan, request, answer, entryOf("generate", answer, plan.ttl), drop);
        } catch {
          // Of no shape that a stream has; whoever reads it has it all the same.
          drop();
        }
      },
      onFree: ({ call, request }, { cost }) =>
        this.#tellHit(call, request, "flight", stored ?? { at: Date.now(), answer: { cost } }),
      onLost: drop,
    });
    this.#flights.set(plan.flight, flight);
    return flight;
  }

  /** Until it can be found, calls board the flight. */
  #keep(plan: Plan, request: CacheableRequest, answer: CacheableAnswer, entry: Entry, drop: () => void): void {
    const kept = isWorthKeeping(entry.call, request, answer) && this.#shelf.set(plan.key, entry);
    if (kept) void kept.then(drop);
    else drop();
  }

  #drop({ flight }: Plan, dropped: WholeFlight | StreamFlight): void {
    if (this.#flights.get(flight) === dropped) this.#flights.delete(flight);
  }

  #tellHit(
    call: CacheHit["call"],
    { model }: CacheableRequest,
    from: CacheHit["from"],
    { at, answer }: Pick<Entry, "at" | "answer">,
  ): void {
    const { onHit } = this.options;
    if (!onHit) return;
    const { cost: saved } = answer as { cost?: CacheHit["saved"] };
    tell(onHit, { call, model, from, cachedAt: new Date(at), ...(saved && { saved: copyData(saved) }) });
  }
}

function isEntry(found: Found): found is Entry {
  return found !== undefined && "at" in found;
}
