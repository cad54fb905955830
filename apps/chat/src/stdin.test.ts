import { afterEach, expect, it, vi } from "vitest";
import { readStdin } from "./stdin.js";
import { testIO } from "./testing/test-io.js";

afterEach(() => vi.useRealTimers());

it("says that it waits where a pipe stays silent", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const io = testIO();
  const read = readStdin(io);
  vi.advanceTimersByTime(3_000);
  expect(io.err).toContain("reading standard input");
  io.stdin.end("text\n");
  expect(await read).toBe("text");
});

it("puts letters together that were cut in two", async () => {
  const io = testIO();
  const [head, tail] = [Buffer.from("né").subarray(0, 2), Buffer.from("né").subarray(2)];
  io.stdin.write(head);
  io.stdin.end(tail);
  expect(await readStdin(io)).toBe("né");
  expect(io.err).toBe("");
});
