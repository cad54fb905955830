import { describe, expect, it } from "vitest";
import { Shelf } from "./shelf.js";

const never = new AbortController().signal;

function shelfOf(limit: number): {
  shelf: Shelf<string>;
  log: string[];
  take: (key: string) => ReturnType<Shelf<string>["take"]>;
} {
  const log: string[] = [];
  const shelf = new Shelf<string>(limit, async (value) => {
    log.push(`-${value}`);
  });
  const take = (key: string): ReturnType<Shelf<string>["take"]> =>
    shelf.take(
      key,
      async () => {
        log.push(`+${key}`);
        return key;
      },
      never,
    );
  return { shelf, log, take };
}

/** Whether something has not happened once all that could happen by itself has. */
async function waits(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return !done;
}

describe("Shelf", () => {
  it("makes a thing once, also for those who ask at once", async () => {
    const { log, take } = shelfOf(2);
    const leases = await Promise.all([take("a"), take("a"), take("a")]);
    expect(leases.map(({ value }) => value)).toEqual(["a", "a", "a"]);
    expect(log).toEqual(["+a"]);
  });

  it("makes room by what was used longest ago, before it makes the next", async () => {
    const { log, take } = shelfOf(2);
    for (const key of ["a", "b", "a", "c", "a", "b"]) (await take(key)).release();
    expect(log).toEqual(["+a", "+b", "-b", "+c", "-c", "+b"]);
  });

  it("never disposes of what is in use: others wait, in their order", async () => {
    const { log, take } = shelfOf(1);
    const a = await take("a");
    const again = await take("a");
    const b = take("b");
    const late = take("a");
    a.release();
    a.release();
    expect(await waits(b)).toBe(true);
    expect(log).toEqual(["+a"]);
    again.release();
    (await b).release();
    (await late).release();
    expect(log).toEqual(["+a", "-a", "+b", "-b", "+a"]);
  });

  it("lets an aborted waiter go, and whoever is behind it come", async () => {
    const { shelf, take } = shelfOf(1);
    const a = await take("a");
    const leaver = new AbortController();
    const left = shelf.take("b", async () => "b", leaver.signal);
    const behind = take("a");
    expect(await waits(left)).toBe(true);
    leaver.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    expect((await behind).value).toBe("a");
    a.release();
  });

  it("keeps nothing of what could not be made", async () => {
    const { shelf, take } = shelfOf(1);
    const failing = (): Promise<string> => Promise.reject(new Error("no"));
    await expect(shelf.take("a", failing, never)).rejects.toThrow("no");
    expect((await take("a")).value).toBe("a");
  });

  it("clears: what is in use goes when it is given back", async () => {
    const { shelf, log, take } = shelfOf(2);
    (await take("a")).release();
    const b = await take("b");
    const cleared = shelf.clear();
    expect(await waits(cleared)).toBe(true);
    expect(log).toEqual(["+a", "+b", "-a"]);
    b.release();
    await cleared;
    expect(log).toEqual(["+a", "+b", "-a", "-b"]);
  });
});
