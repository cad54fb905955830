import { type Cost, invalidOption, isLLMError, LLMError, type PriceCall } from "@llmux/core";
import type { BatchDriver, DriverAnswer, PreparedRequest } from "./batch-driver.js";
import {
  type BatchInput,
  type BatchItem,
  type BatchOutcome,
  type BatchRequest,
  Identifier,
  type ResultOf,
  sha256,
} from "./batch-item.js";
import { type BatchJournal, checkHash, type OpenJournal } from "./batch-journal.js";
import { sleep } from "./sleep.js";

export interface ProviderBatchOptions {
  /** Where batches are written down as soon as they are submitted, so that another run waits for the same ones. */
  journal?: BatchJournal | undefined;
  /** What a call costs at the ordinary price, as `priceOf` of `@llmux/prices` says it; results get half of that as their `cost`. */
  price?: PriceCall | undefined;
  /** Milliseconds between two looks at a batch: at first (default 10,000), growing by half to at most (default 300,000). */
  poll?: { initial?: number | undefined; max?: number | undefined } | undefined;
  /** Ends the waiting with an `aborted` error. What is submitted goes on at the provider, and another run with the journal takes it up. */
  signal?: AbortSignal | undefined;
}

/** What is written down of a submitted batch. */
interface Submitted {
  batch: string;
  /** Custom id to the hash of the request. */
  requests: Record<string, string>;
}

interface Chunk<R extends BatchRequest> {
  items: Map<string, BatchItem<R>>;
  prepared: PreparedRequest[];
  bytes: number;
}

/**
 * Runs requests through the provider's own batch API, which takes up to a day and costs half. Requests are gathered into batches within the
 * provider's limits and all submitted before the first is waited for; outcomes come batch by batch. What expired or was cancelled is a `timeout` or
 * `aborted` error that the next run with the same journal submits again.
 *
 * @throws LLMError from the loop: `aborted`, the failure of a whole batch, `invalid-request` for a list or journal at fault
 */
export async function* runProviderBatch<R extends BatchRequest>(
  driver: BatchDriver,
  requests: Iterable<BatchInput<R>> | AsyncIterable<BatchInput<R>>,
  options: ProviderBatchOptions = {},
): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
  const { initial = 10_000, max = Math.max(300_000, initial) } = options.poll ?? {};
  if (!(initial > 0)) throw invalidOption("poll.initial", "must be more than 0 milliseconds");
  if (!(max >= initial && max < 2 ** 31))
    throw invalidOption("poll.max", "must be from `initial` to 2^31 milliseconds");
  const { signal } = options;
  const journal = await options.journal?.open();
  try {
    const known = submittedBefore(journal);
    const waiting = new Map<string, Map<string, BatchItem<R>>>();
    const open = new Map<string, Chunk<R>>();
    const submit = async (chunk: Chunk<R>): Promise<void> => {
      const batch = await driver.submit(chunk.prepared, signal);
      const hashes = Object.fromEntries([...chunk.items].map(([customId, { hash }]) => [customId, hash]));
      await journal?.note({ batch, requests: hashes } satisfies Submitted);
      waiting.set(batch, chunk.items);
    };
    const identifier = new Identifier();
    for await (const input of requests) {
      signal?.throwIfAborted();
      const item = await identifier.identify(input);
      const entry = await journal?.find(item.id);
      if (entry) {
        checkHash(entry, item.hash);
        const { result, error } = entry as Pick<BatchOutcome<ResultOf<R>>, "result" | "error">;
        yield { id: item.id, result, error, resumed: true };
        continue;
      }
      // Short, and of letters that every provider takes.
      const customId = (await sha256(item.id)).slice(0, 40);
      const before = known.get(customId);
      if (before) {
        checkHash({ id: item.id, hash: before.hash }, item.hash);
        const items = waiting.get(before.batch) ?? new Map<string, BatchItem<R>>();
        waiting.set(before.batch, items.set(customId, item));
        continue;
      }
      let prepared: PreparedRequest;
      try {
        prepared = await driver.prepare(customId, item.request);
      } catch (error) {
        if (!isLLMError(error)) throw error;
        await journal?.record({ id: item.id, hash: item.hash, error });
        yield { id: item.id, error, resumed: false };
        continue;
      }
      // What else is in the line counts too.
      const bytes = new TextEncoder().encode(JSON.stringify(prepared.body)).length + 200;
      let chunk = open.get(prepared.group);
      if (chunk && (chunk.prepared.length === driver.limits.requests || chunk.bytes + bytes > driver.limits.bytes)) {
        await submit(chunk);
        chunk = undefined;
      }
      chunk ??= { items: new Map(), prepared: [], bytes: 0 };
      open.set(prepared.group, chunk);
      chunk.items.set(customId, item);
      chunk.prepared.push(prepared);
      chunk.bytes += bytes;
    }
    for (const chunk of open.values()) await submit(chunk);
    for (const [batch, items] of waiting) {
      for (let wait = initial; !(await driver.ended(batch, signal)); wait = Math.min(max, wait * 1.5))
        await sleep(wait, signal);
      yield* outcomes(driver, batch, items, journal, options);
      if (items.size > 0) await journal?.note({ over: batch });
      for (const { id } of items.values()) yield { id, error: neverAnswered(driver, batch), resumed: false };
    }
  } catch (error) {
    if (signal?.aborted && !isLLMError(error))
      throw new LLMError({ kind: "aborted", message: "The batch was aborted", cause: error });
    throw error;
  } finally {
    await journal?.close();
  }
}

/** Takes the answered ones out of `items`. */
async function* outcomes<R extends BatchRequest>(
  driver: BatchDriver,
  batch: string,
  items: Map<string, BatchItem<R>>,
  journal: OpenJournal | undefined,
  { signal, price }: ProviderBatchOptions,
): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
  for await (const answer of driver.answers(batch, signal)) {
    const item = items.get(answer.customId);
    if (!item) continue;
    items.delete(answer.customId);
    const { id, hash } = item;
    const outcome = await read(driver, item.request, answer, price);
    if (!outcome.error?.retryable) await journal?.record({ id, hash, ...outcome });
    else await journal?.note({ again: answer.customId });
    yield { id, ...outcome, resumed: false };
  }
}

async function read<R extends BatchRequest>(
  driver: BatchDriver,
  request: R,
  answer: DriverAnswer,
  price: ProviderBatchOptions["price"],
): Promise<{ result?: ResultOf<R>; error?: LLMError }> {
  try {
    const result = await driver.read(request, answer);
    const cost = halfOf(price?.(result));
    return { result: cost ? { ...result, cost } : result };
  } catch (error) {
    if (isLLMError(error)) return { error };
    throw error;
  }
}

function halfOf(cost: Cost | undefined): Cost | undefined {
  const half = (dollars: number | undefined): number | undefined => dollars && dollars / 2;
  return cost && { ...cost, total: cost.total / 2, input: half(cost.input), output: half(cost.output) };
}

function neverAnswered({ provider }: BatchDriver, batch: string): LLMError {
  const message = `The batch ${batch} ended without an answer to this request: it expired or was cancelled`;
  return new LLMError({ kind: "timeout", message, provider, retryable: true });
}

/** Where each request is that has been submitted and not been given up. */
function submittedBefore(journal: OpenJournal | undefined): Map<string, { batch: string; hash: string }> {
  const known = new Map<string, { batch: string; hash: string }>();
  for (const note of (journal?.notes() ?? []) as (Partial<Submitted> & { over?: string; again?: string })[]) {
    for (const [customId, hash] of Object.entries(note.requests ?? {}))
      known.set(customId, { batch: note.batch ?? "", hash });
    if (note.again !== undefined) known.delete(note.again);
    if (note.over !== undefined)
      for (const [customId, { batch }] of known) if (batch === note.over) known.delete(customId);
  }
  return known;
}
