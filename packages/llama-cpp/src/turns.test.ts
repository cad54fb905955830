import { describe, expect, it } from "vitest";
import { Turns } from "./turns.js";

const first = <T>(free: readonly T[]): T => free[0]!;
const never = new AbortController().signal;

describe("Turns", () => {
  it("gives out no more than there are, in the order in which they were asked for", async () => {
    let made = 0;
    const turns = new Turns(2, () => ++made);
    const got: string[] = [];
    const ask = (who: string): Promise<number> =>
      turns.take(never, first).then((thing) => {
        got.push(`${who}${thing}`);
        return thing;
      });
    const [a, b] = await Promise.all([ask("a"), ask("b")]);
    const waiting = [ask("c"), ask("d"), ask("e")];
    turns.giveBack(b!);
    await waiting[0];
    turns.giveBack(a!);
    await waiting[1];
    turns.giveBack(a!);
    await waiting[2];
    expect(got).toEqual(["a1", "b2", "c2", "d1", "e1"]);
    expect(made).toBe(2);
  });

  it("lets the caller choose among the free", async () => {
    const turns = new Turns(2, (() => [..."xy"].values().next().value as string) satisfies () => string);
    const one = await turns.take(never, first);
    turns.giveBack(one);
    let offered: readonly string[] = [];
    await turns.take(never, (free) => {
      offered = [...free];
      return free.at(-1)!;
    });
    expect(offered).toHaveLength(2);
  });

  it("forgets who was aborted while waiting", async () => {
    const turns = new Turns(1, () => "only");
    await turns.take(never, first);
    const leaver = new AbortController();
    const left = turns.take(leaver.signal, first);
    const next = turns.take(never, first);
    leaver.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    turns.giveBack("only");
    await expect(next).resolves.toBe("only");
    expect(() => turns.take(leaver.signal, first)).toThrow("left");
  });
});
