import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { BudgetStore, PurseState, Reservation } from "../budget-store.js";
import { NaiveStore } from "./naive-store.js";

/** What a store of the suite comes with. */
export interface StoreUnderTest {
  store: BudgetStore;
  /** Lets so many milliseconds of the store's own time go by, or more. */
  pass(ms: number): Promise<void> | void;
}

const LONG = 600_000;
const free: PurseState = { spent: 0, reserved: 0 };

/** What every store must do. `open` gives an empty one. */
export function storeSuite(open: () => Promise<StoreUnderTest>, { runs = 100 }: { runs?: number } = {}): void {
  let store: BudgetStore;
  let pass: StoreUnderTest["pass"];
  beforeEach(async () => {
    ({ store, pass } = await open());
  });
  const want = (purse: string, amount: number, limit: number): Reservation => ({ purse, amount, limit });
  const read = async (...purses: string[]): Promise<readonly PurseState[]> => store.read(purses);

  it("knows nothing of what it was not told, and does not keep that it was asked", async () => {
    expect(await read("a", "b")).toEqual([free, free]);
    expect(await read()).toEqual([]);
  });

  it("lets through of a hundred at once only those that the limit has room for", async () => {
    const calls = Array.from({ length: 100 }, async (_, i) => store.reserve(`${i}`, [want("a", 10, 55)], LONG));
    expect((await Promise.all(calls)).filter((answer) => answer === undefined)).toHaveLength(5);
    expect(await read("a")).toEqual([{ spent: 0, reserved: 50 }]);
  });

  it("reserves in all purses or in none, and names the first that refuses", async () => {
    await store.reserve("before", [want("b", 3, 10)], LONG);
    const wanted = [want("a", 5, 10), want("b", 8, 10), want("c", 5, 4)];
    expect(await store.reserve("1", wanted, LONG)).toEqual({ refused: "b", spent: 0, reserved: 3 });
    expect(await read("a", "b", "c")).toEqual([free, { spent: 0, reserved: 3 }, free]);
    expect(await store.reserve("2", [want("c", 4, 4), want("b", 7, 10)], LONG)).toBeUndefined();
    expect(await read("b", "c")).toEqual([
      { spent: 0, reserved: 10 },
      { spent: 0, reserved: 4 },
    ]);
  });

  it("never holds more than the limits of all purses, whatever the order in which many draw on them", async () => {
    const purses = ["a", "b", "c", "d"];
    const calls = Array.from({ length: 120 }, async (_, i) => {
      const order = [purses[i % 4]!, purses[(i + 1 + (i % 3)) % 4]!];
      const answer = await store.reserve(
        `${i}`,
        order.map((purse) => want(purse, 3, 100)),
        LONG,
      );
      if (answer) return 0;
      await store.settle(
        `${i}`,
        order.toReversed().map((purse) => ({ purse, amount: 3 })),
      );
      return 1;
    });
    const through = (await Promise.all(calls)).reduce((sum: number, each) => sum + each, 0);
    const states = await read(...purses);
    for (const { spent, reserved } of states) expect([spent <= 100, reserved]).toEqual([true, 0]);
    expect(states.reduce((sum, { spent }) => sum + spent, 0)).toBe(through * 6);
    expect(through).toBeGreaterThanOrEqual(33);
  });

  it("charges what was used, also more than was reserved, and then refuses", async () => {
    await store.reserve("1", [want("a", 5, 10)], LONG);
    expect(await store.settle("1", [{ purse: "a", amount: 12 }])).toEqual([{ spent: 12, reserved: 0 }]);
    expect(await store.reserve("2", [want("a", 1, 10)], LONG)).toEqual({ refused: "a", spent: 12, reserved: 0 });
    expect(await store.reserve("3", [want("a", 0, 12)], LONG)).toBeUndefined();
  });

  it("settles an id once", async () => {
    await store.reserve("1", [want("a", 5, 10)], LONG);
    await Promise.all([1, 2, 3].map(async () => store.settle("1", [{ purse: "a", amount: 4 }])));
    expect(await read("a")).toEqual([{ spent: 4, reserved: 0 }]);
    await store.settle("never reserved", [{ purse: "a", amount: 4 }]);
    expect(await read("a")).toEqual([{ spent: 4, reserved: 0 }]);
  });

  it("keeps the reservation that an id has", async () => {
    await store.reserve("1", [want("a", 5, 100)], LONG);
    expect(await store.reserve("1", [want("a", 7, 100)], LONG)).toBeUndefined();
    expect(await read("a")).toEqual([{ spent: 0, reserved: 5 }]);
    await store.settle("1", [{ purse: "a", amount: 0 }]);
    expect(await read("a")).toEqual([free]);
  });

  it("charges without a reservation, once for an id", async () => {
    const used = [
      { purse: "a", amount: 4 },
      { purse: "b", amount: 6 },
    ];
    await Promise.all([1, 2, 3].map(async () => store.charge("1", used)));
    await store.charge("2", used);
    expect(await read("a", "b")).toEqual([
      { spent: 8, reserved: 0 },
      { spent: 12, reserved: 0 },
    ]);
  });

  it("counts exactly up to 2^53 - 1", async () => {
    const most = Number.MAX_SAFE_INTEGER;
    await store.reserve("1", [want("a", most - 1, most)], LONG);
    expect(await store.settle("1", [{ purse: "a", amount: most - 1 }])).toEqual([{ spent: most - 1, reserved: 0 }]);
    expect(await store.reserve("2", [want("a", 2, most)], LONG)).toMatchObject({ refused: "a" });
    expect(await store.reserve("3", [want("a", 1, most)], LONG)).toBeUndefined();
    expect(await read("a")).toEqual([{ spent: most - 1, reserved: 1 }]);
  });

  it("keeps any name apart from any other", async () => {
    const names = ["a", "A", "ids:a", "a'; --", "ü{x}", "a b\n", '"\\"', `${"long".repeat(120)}`];
    for (const [at, name] of names.entries()) await store.charge(`${at}`, [{ purse: name, amount: at + 1 }]);
    expect((await read(...names)).map(({ spent }) => spent)).toEqual(names.map((_, at) => at + 1));
  });

  describe("a lease", () => {
    it("frees what it held when it ends, and a settlement that comes after it is still charged, once", async () => {
      await store.reserve("1", [want("a", 6, 10)], 50);
      await pass(80);
      expect(await read("a")).toEqual([free]);
      await store.reserve("2", [want("a", 10, 10)], LONG);
      await store.settle("1", [{ purse: "a", amount: 7 }]);
      await store.settle("1", [{ purse: "a", amount: 7 }]);
      expect(await read("a")).toEqual([{ spent: 7, reserved: 10 }]);
    });

    it("makes room for the next that reserves", async () => {
      await store.reserve("1", [want("a", 6, 10), want("b", 0, 10)], 50);
      await pass(80);
      expect(await store.reserve("2", [want("a", 10, 10)], LONG)).toBeUndefined();
    });

    it("goes on when it is renewed, and begins anew where it had ended, whatever the limit", async () => {
      await store.reserve("kept", [want("a", 1, 10), want("b", 2, 10)], 60_000);
      await store.reserve("lapsed", [want("a", 6, 10)], 50);
      await store.renew([{ id: "kept", purses: ["a", "b"] }], LONG);
      await pass(80);
      await store.reserve("other", [want("a", 9, 10)], LONG);
      await store.renew(
        [
          { id: "lapsed", purses: ["a"] },
          { id: "unknown", purses: ["a"] },
        ],
        LONG,
      );
      expect(await read("a", "b")).toEqual([
        { spent: 0, reserved: 16 },
        { spent: 0, reserved: 2 },
      ]);
      await store.settle("lapsed", [{ purse: "a", amount: 1 }]);
      expect(await read("a")).toEqual([{ spent: 1, reserved: 10 }]);
    });

    it("may be shorter than that of one that began earlier", async () => {
      await store.reserve("long", [want("a", 1, 10)], LONG);
      await store.reserve("short", [want("a", 2, 10)], 50);
      await pass(80);
      expect(await read("a")).toEqual([{ spent: 0, reserved: 1 }]);
    });
  });

  it("does what the naive model does", { timeout: 60_000 }, async () => {
    const purse = fc.constantFrom("a", "b", "c");
    const amounts = fc.uniqueArray(fc.record({ purse, amount: fc.nat(40) }), {
      selector: (each) => each.purse,
      minLength: 1,
    });
    const id = fc.constantFrom("1", "2", "3", "4");
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant("reserve" as const), id, amounts }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant("settle" as const), id, amounts }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("charge" as const), id, amounts }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("renew" as const), id }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("lapse" as const), id, amounts }) },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const prefix = `run ${run++} `;
        const naive = new NaiveStore();
        const own = <T extends { purse: string }>(each: T): T => ({ ...each, purse: prefix + each.purse });
        const names = ["a", "b", "c"].map((each) => prefix + each);
        // All purses, since a settlement names all that were reserved.
        const all = (given: readonly { purse: string; amount: number }[]) =>
          names.map((name) => ({ purse: name, amount: given.find((each) => own(each).purse === name)?.amount ?? 0 }));
        for (const each of steps) {
          const key = prefix + each.id;
          if (each.do === "reserve" || each.do === "lapse") {
            const id = each.do === "reserve" ? key : `${key} short`;
            const wanted = (naive.heldBy(id) ?? each.amounts.map(own)).map((amount) => ({ ...amount, limit: 100 }));
            const answer = await store.reserve(id, wanted, each.do === "reserve" ? LONG : 1);
            expect(answer).toEqual(naive.reserve(id, wanted));
            if (each.do === "lapse") {
              naive.lapse(id);
              await pass(5);
            }
          } else if (each.do === "settle") {
            for (const either of [key, `${key} short`])
              expect(await store.settle(either, all(each.amounts))).toEqual(naive.settle(either, all(each.amounts)));
          } else if (each.do === "charge") {
            const again = `${key} ${each.amounts.map((amount) => amount.purse)}`;
            await store.charge(again, each.amounts.map(own));
            naive.charge(again, each.amounts.map(own));
          } else {
            await store.renew([{ id: key, purses: names }], LONG);
            naive.renew([{ id: key }]);
          }
          expect(await read(...names)).toEqual(naive.read(names));
        }
      }),
      { numRuns: runs },
    );
  });
}
