import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStore } from "./memory-store.js";
import { StandIn } from "./stand-in.js";

const want = (purse: string, amount: number, limit = 10) => ({ purse, amount, limit });

describe("what stands in for a store", () => {
  it("holds to the limits what is used meanwhile", () => {
    const standIn = new StandIn();
    expect(standIn.reserve("1", [want("a", 6), want("b", 1)])).toBeUndefined();
    expect(standIn.reserve("2", [want("b", 1), want("a", 6)])).toEqual({ refused: "a", spent: 0, reserved: 6 });
    standIn.settle("1", [want("a", 3), want("b", 0)]);
    expect(standIn.reserve("3", [want("b", 10), want("a", 7)])).toBeUndefined();
    expect(standIn.reserve("4", [want("a", 1)])).toEqual({ refused: "a", spent: 3, reserved: 7 });
  });

  it("keeps arrears as they are until they are paid, and what comes meanwhile for the next", () => {
    const standIn = new StandIn();
    expect(standIn.arrears).toBeUndefined();
    standIn.reserve("1", [{ ...want("a", 6), until: 7 }]);
    standIn.settle("1", [want("a", 4)]);
    const first = standIn.arrears;
    expect(first).toMatchObject({ used: [{ purse: "a", amount: 4, until: 7 }] });
    standIn.reserve("2", [want("a", 6)]);
    standIn.settle("2", [want("a", 5)]);
    expect(standIn.arrears).toBe(first);
    // Not paid, it still counts against the limit.
    expect(standIn.reserve("3", [want("a", 2)])).toEqual({ refused: "a", spent: 9, reserved: 0 });
    standIn.paid();
    const second = standIn.arrears;
    expect(second).toMatchObject({ used: [{ purse: "a", amount: 5 }] });
    expect(second!.id).not.toBe(first!.id);
    standIn.paid();
    expect(standIn.arrears).toBeUndefined();
  });

  it("settles an id once, and keeps no purse that nothing is in", () => {
    const standIn = new StandIn();
    standIn.reserve("1", [want("a", 6)]);
    for (let time = 0; time < 2; time++) standIn.settle("1", [want("a", 4)]);
    expect(standIn.arrears!.used).toMatchObject([{ amount: 4 }]);
    standIn.paid();
    for (let at = 0; at < 10_001; at++) {
      expect(standIn.reserve(`${at}`, [want(`${at}`, 1)])).toBeUndefined();
      standIn.settle(`${at}`, [want(`${at}`, 0)]);
    }
  });

  it("has no room for ever more purses, and room again when they are paid", () => {
    const standIn = new StandIn();
    for (let at = 0; at < 10_000; at++) {
      expect(standIn.reserve(`${at}`, [want(`${at}`, 1)])).toBeUndefined();
      standIn.settle(`${at}`, [want(`${at}`, 1)]);
    }
    expect(standIn.reserve("more", [want("more", 1)])).toBe("full");
    expect(standIn.reserve("known", [want("7", 1)])).toBeUndefined();
    standIn.settle("known", [want("7", 1)]);
    expect(standIn.arrears!.used).toHaveLength(10_000);
    standIn.paid();
    expect(standIn.reserve("more", [want("more", 1)])).toBeUndefined();
  });

  it("loses nothing and doubles nothing, whenever it is paid", async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("use" as const), purse: fc.constantFrom("a", "b"), amount: fc.nat(9) }),
      fc.record({ do: fc.constantFrom("pay" as const, "try" as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step), async (steps) => {
        const [standIn, store] = [new StandIn(), memoryStore()];
        const used: Record<string, number> = { a: 0, b: 0 };
        const pay = async (isHeard: boolean): Promise<void> => {
          const { arrears } = standIn;
          if (!arrears) return;
          await store.charge(arrears.id, arrears.used);
          if (isHeard) standIn.paid();
        };
        for (const [at, each] of steps.entries()) {
          if (each.do !== "use") await pay(each.do === "pay");
          else {
            const { purse, amount } = each;
            used[purse]! += amount;
            expect(standIn.reserve(`${at}`, [want(purse, 9, 1e6)])).toBeUndefined();
            standIn.settle(`${at}`, [want(purse, amount)]);
          }
        }
        while (standIn.arrears) await pay(true);
        expect((await store.read(["a", "b"])).map(({ spent }) => spent)).toEqual([used.a, used.b]);
      }),
    );
  });
});
