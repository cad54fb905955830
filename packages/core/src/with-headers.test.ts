import { expect, it, vi } from "vitest";
import { withHeaders } from "./with-headers.js";

const headers = new Headers({ "X-Request-Id": "req_1", "set-cookie": "a=b" });

it("has the headers as any other field, without cookies", () => {
  const info = { model: "m" };
  const whole = withHeaders(info, headers);
  expect(whole).toBe(info);
  expect(whole).toEqual({ model: "m", headers: { "x-request-id": "req_1" } });
  expect(JSON.parse(JSON.stringify(whole))).toEqual({ model: "m", headers: { "x-request-id": "req_1" } });
  expect(structuredClone(whole)).toEqual({ ...whole });
});

it("makes them once, and only when they are asked for", () => {
  const forEach = vi.spyOn(headers, "forEach");
  const info = withHeaders<{ model: string; headers?: Record<string, string> }>({ model: "m" }, headers);
  expect(info.model).toBe("m");
  expect(forEach).not.toHaveBeenCalled();
  expect(info.headers).toBe(info.headers);
  expect(forEach).toHaveBeenCalledOnce();
});

it("lets them be replaced and taken away", () => {
  const info = withHeaders<{ headers?: Record<string, string> }>({}, headers);
  info.headers = { a: "b" };
  expect(info.headers).toEqual({ a: "b" });
  delete info.headers;
  expect(info).toEqual({});
});
