import fc from "fast-check";
import { callId } from "../call-id.js";
import type { CallRow } from "../call-row.js";
import type { Ledger } from "../ledger.js";

export const T0: number = Date.UTC(2026, 0, 31, 22, 30);

/** A row with all that a good call has, but for what is given. */
export function row(facts: Partial<CallRow> = {}): CallRow {
  const startedAt = facts.startedAt ?? new Date(T0);
  return {
    id: callId(startedAt.getTime()),
    startedAt,
    kind: "generate",
    key: "team-a",
    user: "ann",
    tags: ["chat"],
    session: "s1",
    provider: "openai",
    model: "gpt-4o",
    responseModel: "gpt-4o-2024-08-06",
    inputTokens: 100,
    cacheReadTokens: 40,
    cacheWriteTokens: 10,
    outputTokens: 20,
    reasoningTokens: 5,
    usageEstimated: false,
    cost: 0.0125,
    costSource: "list",
    cached: false,
    latency: 812.5,
    timeToFirstToken: 90.1,
    attempts: 2,
    outcome: "ok",
    finishReason: "stop",
    requestId: "req_1",
    status: 200,
    ...facts,
  };
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const tokens = maybe(fc.nat(200_000));

/** Rows over three months, of few enough keys, models and tags that groups have several. */
export const rows: fc.Arbitrary<CallRow[]> = fc
  .array(
    fc.record({
      startedAt: fc.integer({ min: T0, max: T0 + 60 * 86_400_000 }).map((time) => new Date(time)),
      kind: fc.constantFrom("generate" as const, "stream" as const, "embed" as const, "countTokens" as const),
      key: maybe(fc.constantFrom("team-a", "team-b", "Ä", "a'; DROP TABLE calls; --")),
      user: maybe(fc.constantFrom("ann", "bob", "Zoe")),
      tags: fc.uniqueArray(fc.constantFrom("chat", "batch", "x,y", '"q"'), { maxLength: 3 }),
      session: maybe(fc.constantFrom("s1", "s2")),
      provider: fc.constantFrom("openai", "anthropic"),
      model: maybe(fc.constantFrom("gpt-4o", "claude", "é")),
      responseModel: maybe(fc.constantFrom("gpt-4o-2024", "claude-5")),
      inputTokens: tokens,
      cacheReadTokens: tokens,
      cacheWriteTokens: tokens,
      outputTokens: tokens,
      reasoningTokens: tokens,
      usageEstimated: fc.boolean(),
      cost: maybe(fc.double({ min: 0, max: 5, noNaN: true })),
      cached: fc.boolean(),
      latency: fc.integer({ min: 0, max: 600_000 }).map((tenths) => tenths / 10),
      timeToFirstToken: maybe(fc.nat(5000)),
      attempts: maybe(fc.integer({ min: 1, max: 9 })),
      outcome: fc.constantFrom(
        "ok" as const,
        "ok" as const,
        "left" as const,
        "rate-limit" as const,
        "unknown" as const,
      ),
      finishReason: maybe(fc.constantFrom("stop" as const, "length" as const)),
    }),
    { maxLength: 40 },
  )
  .map((all) => all.map((each) => ({ ...each, id: callId(each.startedAt.getTime()) })));

export async function allRows(ledger: Pick<Ledger, "rows">): Promise<CallRow[]> {
  const all: CallRow[] = [];
  for (let after: string | undefined; ; ) {
    const page = await ledger.rows({ limit: 10_000, after });
    all.push(...page.rows);
    if (page.next === undefined) return all;
    after = page.next;
  }
}

/** A row without the fields that are `undefined`, as it comes back. */
export function known(of: CallRow): Partial<CallRow> {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
}
