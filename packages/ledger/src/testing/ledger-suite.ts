import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callId } from "../call-id.js";
import type { CallRow } from "../call-row.js";
import { COLUMNS } from "../columns.js";
import type { Ledger } from "../ledger.js";
import type { CallQuery } from "../queries.js";
import type { Spend, SpendGroup } from "../spend.js";
import { naiveSpend } from "./naive-spend.js";
import { readCSV } from "./read-csv.js";
import { allRows, known, row, rows, T0 } from "./rows.js";

const HOUR = 3_600_000;
const GROUPS: readonly SpendGroup[] = [
  ...(["hour", "day", "month", "tag", "key", "user", "session", "kind"] as const),
  ...(["provider", "model", "responseModel", "outcome", "finishReason"] as const),
];

/** What every store must do. `open` gives an empty ledger. */
export function ledgerSuite(open: () => Promise<Ledger>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await open();
  });
  afterEach(() => ledger.close());
  const record = (...all: CallRow[]) => Promise.all(all.map((each) => ledger.record(each)));
  const text = async (query: Parameters<Ledger["export"]>[0]): Promise<string> => {
    let all = "";
    for await (const piece of ledger.export(query)) all += piece;
    return all;
  };

  describe("record", () => {
    it("keeps every field", async () => {
      const full = row();
      await ledger.record(full);
      expect((await ledger.rows()).rows).toEqual([full]);
    });

    it("keeps what is not known unknown", async () => {
      const bare: CallRow = {
        ...{ id: callId(T0), startedAt: new Date(T0 + 1), kind: "listModels", tags: [] },
        ...{ usageEstimated: false, cached: false, latency: 0, outcome: "unknown" },
      };
      await ledger.record(bare);
      expect((await ledger.rows()).rows).toEqual([bare]);
    });

    it("keeps a row once, however often it is recorded", async () => {
      const one = row();
      await record(one, one, row({ id: "another" }));
      await ledger.record({ ...one, cost: 7 });
      expect((await ledger.rows()).rows.map(({ cost }) => cost)).toEqual([0.0125, 0.0125]);
    });

    it("keeps a thousand at once", async () => {
      const all = Array.from({ length: 1000 }, (_, index) => row({ latency: index }));
      await record(...all);
      expect(new Set((await allRows(ledger)).map(({ latency }) => latency)).size).toBe(1000);
    });

    it("lets no value of a row stop the others", async () => {
      const odd = row({
        key: "a\0b\ud800c",
        user: "u".repeat(10_000),
        tags: ["\0", "t", "t", ...Array.from({ length: 200 }, (_, index) => `tag ${index}`)],
        inputTokens: Number.NaN,
        outputTokens: 1.5,
        reasoningTokens: 1e300,
        cost: Number.POSITIVE_INFINITY,
      });
      await record(row(), odd, row());
      const kept = (await ledger.rows()).rows.find(({ id }) => id === odd.id)!;
      expect(kept.key).toBe("a\ufffdb\ufffdc");
      expect(kept.user).toHaveLength(500);
      expect(kept.tags).toHaveLength(99);
      expect(kept.tags.slice(0, 3)).toEqual(["\ufffd", "t", "tag 0"]);
      expect(kept).toMatchObject({ outputTokens: 2 });
      for (const field of ["inputTokens", "reasoningTokens", "cost"]) expect(kept).not.toHaveProperty(field);
    });

    it.each([undefined, null, "chat", { length: 2 }])("takes %j for no tags", async (tags) => {
      await record(row({ tags: tags as never }), row());
      expect((await ledger.rows()).rows.map((each) => each.tags).sort()).toEqual([[], ["chat"]]);
    });

    it("refuses a row without a time", async () => {
      const invalid = { kind: "invalid-request", parameter: "startedAt" };
      await expect(ledger.record(row({ startedAt: new Date(Number.NaN) }))).rejects.toMatchObject(invalid);
    });

    it("takes nothing after close, and closes twice", async () => {
      await ledger.close();
      await expect(ledger.record(row())).rejects.toMatchObject({ name: "LedgerWriteError", kept: false });
      await ledger.close();
      ledger = await open();
    });

    it("keeps what is recorded right before close", async () => {
      const recorded = record(row(), row());
      await ledger.close();
      await recorded;
      ledger = await open();
    });
  });

  describe("rows", () => {
    it("come in the order of their start, page by page, both ways", async () => {
      const all = Array.from({ length: 25 }, (_, index) => row({ startedAt: new Date(T0 + Math.floor(index / 3)) }));
      await record(...all.toReversed());
      const ids = all
        .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || (a.id < b.id ? -1 : 1))
        .map(({ id }) => id);
      for (const order of ["asc", "desc"] as const) {
        const seen: string[] = [];
        const sizes: number[] = [];
        let after: string | undefined;
        do {
          const page = await ledger.rows({ order, limit: 10, after });
          seen.push(...page.rows.map(({ id }) => id));
          sizes.push(page.rows.length);
          after = page.next;
        } while (after !== undefined);
        expect(sizes).toEqual([10, 10, 5]);
        expect(seen).toEqual(order === "asc" ? ids : ids.toReversed());
      }
      expect((await ledger.rows({ limit: 25 })).next).toBeUndefined();
    });

    it.each<[string, CallQuery, string[]]>([
      ["from, inclusive", { from: new Date(T0 + HOUR) }, ["b", "c"]],
      ["to, exclusive", { to: new Date(T0 + HOUR) }, ["a"]],
      ["both", { from: new Date(T0 + 1), to: new Date(T0 + 2 * HOUR) }, ["b"]],
      ["one value", { where: { key: "k2" } }, ["b"]],
      ["several values", { where: { key: ["k1", "k2"] } }, ["a", "b"]],
      ["none", { where: { key: null } }, ["c"]],
      ["none or one", { where: { key: [null, "k1"] } }, ["a", "c"]],
      ["nothing", { where: { key: [] } }, []],
      ["a tag", { where: { tag: "x" } }, ["a", "b"]],
      ["one of two tags", { where: { tag: ["y", "z"] } }, ["b"]],
      ["no tags", { where: { tag: null } }, ["c"]],
      ["cached", { where: { cached: true } }, ["c"]],
      ["not cached", { where: { cached: false } }, ["a", "b"]],
      ["two fields", { where: { tag: "x", outcome: "timeout" } }, ["b"]],
      ["no text of SQL", { where: { key: "' OR 1 = 1 --", tag: "' OR 1 = 1 --" } }, []],
    ])("are chosen by: %s", async (_, query, expected) => {
      await record(
        row({ id: "a", key: "k1", tags: ["x"] }),
        row({ id: "b", key: "k2", tags: ["x", "y"], startedAt: new Date(T0 + HOUR), outcome: "timeout" }),
        row({ id: "c", key: undefined, tags: [], startedAt: new Date(T0 + 2 * HOUR), cached: true }),
      );
      expect((await ledger.rows(query)).rows.map(({ id }) => id)).toEqual(expected);
    });

    it.each<[string, object]>([
      ["limit", { limit: 0 }],
      ["limit", { limit: 10_001 }],
      ["limit", { limit: 1.5 }],
      ["order", { order: "random" }],
      ["after", { after: "yesterday" }],
      ["after", { after: "99999999999999999.x" }],
      ["from", { from: new Date("nonsense") }],
      ["to", { to: "2026-01-01" }],
      ["where", { where: { "key = key OR key": "a" } }],
      ["where", { where: { constructor: "a" } }],
      ["where.key", { where: { key: 1 } }],
      ["where.cached", { where: { cached: "yes" } }],
    ])("refuse a senseless %s", async (parameter, query) => {
      await expect(ledger.rows(query)).rejects.toMatchObject({ kind: "invalid-request", parameter });
    });
  });

  describe("spend", () => {
    it("is a row of sums for all, also for none", async () => {
      const nothing = {
        calls: 0,
        errors: 0,
        left: 0,
        cached: 0,
        unknownCost: 0,
        cost: undefined,
        inputTokens: undefined,
      };
      expect(await ledger.spend()).toMatchObject([nothing]);
      expect(await ledger.spend({ by: ["day"] })).toEqual([]);
      await record(row(), row({ cost: undefined, inputTokens: undefined }));
      expect(await ledger.spend()).toMatchObject([{ calls: 2, unknownCost: 1, cost: 0.0125, inputTokens: 100 }]);
    });

    it("tells an unknown cost from none", async () => {
      await record(row({ cost: undefined, key: "unknown" }), row({ cost: 0, key: "free" }));
      const spend = await ledger.spend({ by: ["key"] });
      expect(spend.map(({ key, cost, unknownCost }) => [key, cost, unknownCost])).toEqual([
        ["free", 0, 0],
        ["unknown", undefined, 1],
      ]);
    });

    it("divides time in UTC", async () => {
      await record(row(), row({ startedAt: new Date(T0 + HOUR) }), row({ startedAt: new Date(T0 + 2 * HOUR) }));
      const by = async (group: SpendGroup) =>
        (await ledger.spend({ by: [group] })).map((each) => [each[group], each.calls]);
      expect(await by("hour")).toEqual([
        ["2026-01-31T22:00Z", 1],
        ["2026-01-31T23:00Z", 1],
        ["2026-02-01T00:00Z", 1],
      ]);
      expect(await by("day")).toEqual([
        ["2026-01-31", 2],
        ["2026-02-01", 1],
      ]);
      expect(await by("month")).toEqual([
        ["2026-01", 2],
        ["2026-02", 1],
      ]);
    });

    it("is what adding up the rows gives, whatever the rows, groups and conditions", async () => {
      await fc.assert(
        fc.asyncProperty(
          rows,
          fc.uniqueArray(fc.constantFrom(...GROUPS), { maxLength: 4 }),
          fc.record(
            { key: fc.constantFrom("team-a", null), outcome: fc.constant("ok" as const), cached: fc.boolean() },
            { requiredKeys: [] },
          ),
          fc.option(fc.integer({ min: T0, max: T0 + 60 * 86_400_000 }), { nil: undefined }),
          async (all, by, where, time) => {
            await ledger.prune({ to: new Date(T0 + 1e12) });
            await record(...all);
            expect(new Map((await allRows(ledger)).map((each) => [each.id, each]))).toEqual(
              new Map(all.map((each) => [each.id, known(each)])),
            );
            const from = time === undefined ? undefined : new Date(time);
            const chosen = all.filter(
              (each) =>
                (where.key === undefined || (each.key ?? null) === where.key) &&
                (where.outcome === undefined || each.outcome === where.outcome) &&
                (where.cached === undefined || each.cached === where.cached) &&
                (from === undefined || each.startedAt >= from),
            );
            expect((await ledger.spend({ by, where, from })).map(exact)).toEqual(naiveSpend(chosen, by).map(exact));
          },
        ),
        { numRuns: 60 },
      );
    });

    it("refuses a group that there is not", async () => {
      for (const group of ["id; DROP TABLE calls", "constructor", "cost"])
        await expect(ledger.spend({ by: [group as "key"] })).rejects.toMatchObject({ parameter: "by" });
    });
  });

  describe("export", () => {
    const odd = ['a,"b"', "=1+1", "line\r\nbreak", "\tx", "-1", "plain", "'", "@x", "+1", ""];

    it("is CSV that reads back as the rows", async () => {
      const all = odd.map((key, index) => row({ key, startedAt: new Date(T0 + index), tags: [key], cost: undefined }));
      await record(...all);
      const [header, ...lines] = readCSV(await text({ format: "csv", formulas: "keep" }));
      expect(header).toEqual(COLUMNS.map(({ field }) => field));
      expect(lines).toEqual(
        all.map((each) =>
          COLUMNS.map(({ field }) => {
            if (field === "startedAt") return each.startedAt.toISOString();
            return field === "tags" ? JSON.stringify(each.tags) : String(each[field] ?? "");
          }),
        ),
      );
    });

    it("is CSV in which nothing is a formula", async () => {
      await record(...odd.map((key, index) => row({ key, model: key, startedAt: new Date(T0 + index) })));
      const [header, ...lines] = readCSV(await text({ format: "csv" }));
      const at = header!.indexOf("key");
      expect(lines.map((line) => line[at])).toEqual(odd.map((key) => (/^[=+\-@\t]/.test(key) ? `'${key}` : key)));
      for (const line of lines) for (const field of line) expect(field).not.toMatch(/^[=+\-@\t\r]/);
    });

    it("is JSON, as one array or by line, of more than a page", async () => {
      const all = Array.from({ length: 2001 }, (_, index) => row({ startedAt: new Date(T0 + index), cost: undefined }));
      await record(...all);
      const expected = all.map(({ id, startedAt }) => ({ id, startedAt: startedAt.toISOString(), cost: null }));
      expect(JSON.parse(await text({ format: "json" }))).toMatchObject(expected);
      const lines = (await text({ format: "ndjson" })).trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line))).toMatchObject(expected);
      const pieces: string[] = [];
      for await (const piece of ledger.export({ format: "csv", from: new Date(T0 + 500) })) pieces.push(piece);
      expect(pieces.map((piece) => piece.split("\r\n").length - 1)).toEqual([1, 1000, 501]);
    });

    it("of nothing is empty, and still what it says", async () => {
      expect(JSON.parse(await text({ format: "json" }))).toEqual([]);
      expect(await text({ format: "ndjson" })).toBe("");
      expect(readCSV(await text({ format: "csv" }))).toHaveLength(1);
    });

    it.each([
      ["format", { format: "xml" }],
      ["formulas", { format: "csv", formulas: "run" }],
      ["from", { format: "csv", from: "now" }],
    ])("refuses a senseless %s", async (parameter, query) => {
      await expect(text(query as never)).rejects.toMatchObject({ kind: "invalid-request", parameter });
    });
  });

  describe("prune", () => {
    it("deletes what is older, in bites, and says how many", async () => {
      await record(...Array.from({ length: 4500 }, () => row()), row({ startedAt: new Date(T0 + HOUR) }));
      expect(await ledger.prune({ before: new Date(T0 + HOUR) })).toBe(4500);
      expect(await ledger.prune({ before: new Date(T0 + HOUR) })).toBe(0);
      expect((await ledger.rows()).rows).toHaveLength(1);
    });

    it("deletes what a condition says, and nothing without one", async () => {
      await record(row({ user: "ann" }), row({ user: "bob" }));
      expect(await ledger.prune({ where: { user: "ann" } })).toBe(1);
      await expect(ledger.prune({})).rejects.toMatchObject({ kind: "invalid-request", parameter: "before" });
      expect((await ledger.rows()).rows.map(({ user }) => user)).toEqual(["bob"]);
    });
  });
}

/** Sums of fractions depend on the order in which they were added in their last digits. */
function exact(spend: Spend): object {
  return Object.fromEntries(
    Object.entries(spend).map(([name, value]) => [
      name,
      typeof value === "number" ? Number(value.toPrecision(9)) : value,
    ]),
  );
}
