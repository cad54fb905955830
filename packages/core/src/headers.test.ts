import { describe, expect, it } from "vitest";
import { headersToObject } from "./headers-to-object.js";

describe("headersToObject", () => {
  it("has names in lower case and no cookies", () => {
    const headers = new Headers({ "X-Request-ID": "r" });
    headers.append("set-cookie", "session=1");
    expect(headersToObject(headers)).toEqual({ "x-request-id": "r" });
  });
});
