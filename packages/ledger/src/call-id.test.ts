import fc from "fast-check";
import { expect, it } from "vitest";
import { callId } from "./call-id.js";

it("is a UUIDv7 that says when it was made", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (time) => {
      const id = callId(time);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(id.slice(0, 13).replace("-", ""), 16)).toBe(time);
    }),
  );
});

it("is another each time, and sorts by time", () => {
  expect(new Set(Array.from({ length: 10_000 }, () => callId(1))).size).toBe(10_000);
  expect(callId(255) < callId(256)).toBe(true);
});
