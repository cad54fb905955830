import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallRow } from "./call-row.js";
import { Spill } from "./spill.js";
import { row } from "./testing/rows.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A database and a file, each there or not, and what is in them; `gate` holds up what the file is told to keep. */
function set(options: object = {}) {
  const written: string[] = [];
  const filed: CallRow[] = [];
  const state = { up: true, attempts: 0, broken: false, gate: undefined as Promise<void> | undefined };
  const target = async (rows: readonly CallRow[]): Promise<void> => {
    state.attempts += 1;
    if (!state.up) throw new Error("away");
    for (const { id } of rows) if (!written.includes(id)) written.push(id);
  };
  const file = {
    async record(each: CallRow) {
      await state.gate;
      if (state.broken) throw new Error("the disk is full");
      filed.push(each);
    },
    rows: async ({ limit = 1 }) => ({ rows: filed.slice(0, limit), next: undefined }),
    async remove(rows: readonly CallRow[]) {
      for (const each of rows) filed.splice(filed.indexOf(each), 1);
    },
  };
  return { written, filed, state, spill: new Spill(target, file, options) };
}

describe("Spill", () => {
  it("leaves the file alone while the database is there", async () => {
    const { written, filed, spill } = set();
    await spill.write([row(), row()]);
    expect([written.length, filed.length]).toEqual([2, 0]);
  });

  it("asks the database no more than now and then while it is away, and empties the file when it is back", async () => {
    const told: unknown[] = [];
    const options = { onAway: (error: unknown) => told.push(error), onBack: () => told.push("back") };
    const { written, filed, state, spill } = set(options);
    state.up = false;
    for (let n = 0; n < 600; n++) await spill.write([row()]);
    expect([state.attempts, filed.length]).toEqual([1, 600]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state.attempts).toBeLessThan(7);
    state.up = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect([written.length, filed.length]).toEqual([600, 0]);
    expect(told).toEqual([new Error("away"), "back"]);
    await spill.write([row()]);
    expect([written.length, filed.length]).toEqual([601, 0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("forgets no row that goes into the file while it is being emptied", async () => {
    const { written, filed, state, spill } = set();
    state.up = false;
    await spill.write([row()]);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const late = spill.write([row()]);
    state.up = true;
    await vi.advanceTimersByTimeAsync(5000);
    expect([written.length, filed.length]).toEqual([1, 0]);
    gate.resolve();
    await late;
    await vi.advanceTimersByTimeAsync(5000);
    expect([written.length, filed.length]).toEqual([2, 0]);
  });

  it("fails where the file can't be written either, so that the rows are kept elsewhere", async () => {
    const { state, spill } = set();
    state.up = false;
    state.broken = true;
    await expect(spill.write([row()])).rejects.toThrow("the disk is full");
  });

  it("leaves in the file what can't be written by the time that it is closed", async () => {
    const { filed, state, spill } = set();
    state.up = false;
    await spill.write([row()]);
    await spill.close();
    expect(filed).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
