import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallRow } from "./call-row.js";
import { GroupWriter } from "./group-writer.js";
import { row } from "./testing/rows.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A database that is there or not; what was written to it, group by group. */
function database() {
  const groups: CallRow[][] = [];
  const state = { groups, up: true, attempts: 0, gate: undefined as Promise<void> | undefined };
  const write = async (rows: readonly CallRow[]): Promise<void> => {
    state.attempts += 1;
    await state.gate;
    if (!state.up) throw new Error("away");
    groups.push([...rows]);
  };
  return { state, write };
}

const settled = async (all: readonly Promise<void>[]): Promise<string[]> =>
  (await Promise.allSettled(all)).map(({ status }) => status);

describe("GroupWriter", () => {
  it("writes what comes at once in one go, and what comes meanwhile in the next", async () => {
    const { state, write } = database();
    const writer = new GroupWriter(write, queueMicrotask);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const first = [writer.add(row()), writer.add(row())];
    await vi.advanceTimersByTimeAsync(0);
    const second = [writer.add(row()), writer.add(row()), writer.add(row())];
    await vi.advanceTimersByTimeAsync(0);
    expect(state.attempts).toBe(1);
    gate.resolve();
    await Promise.all([...first, ...second]);
    expect(state.groups.map(({ length }) => length)).toEqual([2, 3]);
  });

  it("writes no more than 500 at a time", async () => {
    const { state, write } = database();
    const writer = new GroupWriter(write, queueMicrotask);
    await Promise.all(Array.from({ length: 1100 }, () => writer.add(row())));
    expect(state.groups.map(({ length }) => length)).toEqual([500, 500, 100]);
  });

  it("keeps what failed and what comes after, tries less and less often, and writes all in their order", async () => {
    const { state, write } = database();
    const told: unknown[] = [];
    const options = { onAway: (error: unknown) => told.push(error), onBack: () => told.push("back") };
    const writer = new GroupWriter(write, queueMicrotask, options);
    state.up = false;
    const rows = Array.from({ length: 4 }, () => row());
    expect(await settled([writer.add(rows[0]!), writer.add(rows[1]!)])).toEqual(["rejected", "rejected"]);
    expect(await settled([writer.add(rows[2]!)])).toEqual(["rejected"]);
    expect([writer.waiting, state.attempts]).toEqual([3, 1]);
    const attempts: number[] = [];
    for (let second = 1; second <= 70; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      if (state.attempts > attempts.length + 1) attempts.push(second);
    }
    expect(attempts).toEqual([1, 3, 7, 15, 31, 61]);
    state.up = true;
    await vi.advanceTimersByTimeAsync(30_000);
    await writer.add(rows[3]!);
    expect(state.groups).toEqual([rows.slice(0, 3), [rows[3]]]);
    expect([writer.waiting, told]).toEqual([0, [new Error("away"), "back"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has room for so many, and says of each row whether it is kept", async () => {
    const { state, write } = database();
    const writer = new GroupWriter(write, queueMicrotask, { maxWaiting: 2 });
    state.up = false;
    const results = await Promise.allSettled([writer.add(row()), writer.add(row()), writer.add(row())]);
    expect(results.map((result) => (result as PromiseRejectedResult).reason.kept)).toEqual([true, true, false]);
    state.up = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(state.groups.flat()).toHaveLength(2);
  });

  it("keeps none where there is to be no room, and tries each anew", async () => {
    const { state, write } = database();
    const writer = new GroupWriter(write, queueMicrotask, { maxWaiting: 0 });
    state.up = false;
    await expect(writer.add(row())).rejects.toMatchObject({ kept: false });
    state.up = true;
    await writer.add(row());
    expect(state.groups.flat()).toHaveLength(1);
  });

  it("takes rows that come while it writes what was waiting, and loses and doubles none", async () => {
    const { state, write } = database();
    const writer = new GroupWriter(write, queueMicrotask);
    const rows = Array.from({ length: 30 }, () => row());
    state.up = false;
    const added = [writer.add(rows[0]!)];
    await settled(added);
    state.up = true;
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    await vi.advanceTimersByTimeAsync(1000);
    for (const each of rows.slice(1, 20)) added.push(writer.add(each));
    gate.resolve();
    await settled(added);
    await vi.advanceTimersByTimeAsync(60_000);
    await Promise.all(rows.slice(20).map((each) => writer.add(each)));
    expect(state.groups.flat().map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  it("tries once more when it is closed, also while it is trying, and says what remains", async () => {
    const { state, write } = database();
    const writer = new GroupWriter(write, queueMicrotask);
    state.up = false;
    await settled([writer.add(row())]);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    await vi.advanceTimersByTimeAsync(1000);
    const closed = writer.close();
    state.up = true;
    gate.resolve();
    await closed;
    expect(state.groups.flat()).toHaveLength(1);
    const lost = new GroupWriter(write, queueMicrotask);
    state.up = false;
    await settled([lost.add(row())]);
    await expect(lost.close()).rejects.toMatchObject({
      message: "1 rows could not be written",
      cause: new Error("away"),
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not mind what listeners throw", async () => {
    const { state, write } = database();
    const fail = () => {
      throw new Error("a listener's");
    };
    const writer = new GroupWriter(write, queueMicrotask, { onAway: fail, onBack: fail });
    state.up = false;
    await settled([writer.add(row())]);
    state.up = true;
    await vi.advanceTimersByTimeAsync(1000);
    await writer.add(row());
    expect(state.groups.flat()).toHaveLength(2);
  });
});
