import { describe, expect, it } from "vitest";
import { kindFromStatus } from "./http-status.js";

describe("kindFromStatus", () => {
  it.each([
    [400, "invalid-request"],
    [401, "authentication"],
    [402, "quota-exceeded"],
    [403, "permission"],
    [404, "not-found"],
    [408, "timeout"],
    [413, "invalid-request"],
    [422, "invalid-request"],
    [429, "rate-limit"],
    [500, "server"],
    [502, "server"],
    [503, "overloaded"],
    [504, "timeout"],
    [529, "overloaded"],
  ])("%i is %s", (status, kind) => {
    expect(kindFromStatus(status)).toBe(kind);
  });
});
