import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LLMError } from "./errors.js";
import { redact, redactCause, secretHeaderValues } from "./secrets.js";
import { errorOf, fakeAdapter, HELLO } from "./testing/fakes.js";

/** Keys with what JSON and URLs write in another way, and a start that no other text has. */
const key = fc
  .string({ unit: fc.constantFrom(..."abcXYZ0189-_+/=.~!*'()\"\\ $&%@"), minLength: 6, maxLength: 40 })
  .map((text) => `Qq7${text.trim()}7qQ`);

/** Places where an SDK's error may hold a key. */
const PLACES: Record<string, (key: string) => unknown> = {
  message: (secret) => new Error(`wrong key: ${secret}.`),
  nested: (secret) => new Error("a", { cause: new Error("b", { cause: new Error(`c ${secret}`) }) }),
  deep: (secret) => Array.from({ length: 9 }).reduce<object>((inner) => ({ inner }), { secret }),
  deepInError: (secret) =>
    Object.assign(new Error("x"), { a: { b: { c: { d: { e: { f: { g: { h: secret } } } } } } } }),
  headers: (secret) => Object.assign(new Error("x"), { headers: { authorization: `Bearer ${secret}` } }),
  propertyName: (secret) => Object.assign(new Error("x"), { [secret]: true }),
  symbol: (secret) => Object.assign(new Error("x"), { [Symbol("internal")]: secret }),
  hidden: (secret) => Object.defineProperty(new Error("x"), "secret", { value: secret }),
  map: (secret) => Object.assign(new Error("x"), { headers: new Map([["api-key", secret]]) }),
  set: (secret) => Object.assign(new Error("x"), { keys: new Set([secret]) }),
  list: (secret) => Object.assign(new Error("x"), { rawHeaders: ["x-api-key", secret] }),
  url: (secret) => Object.assign(new Error("x"), { url: `https://x.test/?key=${encodeURIComponent(secret)}` }),
  urlObject: (secret) =>
    Object.assign(new Error("x"), { url: new URL(`https://x.test/?k=${encodeURIComponent(secret)}`) }),
  request: (secret) =>
    Object.assign(new Error("x"), { request: new Request(`https://x.test/?k=${encodeURIComponent(secret)}`) }),
  json: (secret) => new Error(`the request was ${JSON.stringify({ key: secret })}`),
  code: (secret) => Object.assign(new Error(secret), { code: secret }),
  aggregate: (secret) => new AggregateError([new Error(secret)], "all failed"),
  function: (secret) => Object.assign(new Error("x"), { callback: Object.assign(() => {}, { secret }) }),
  stack: (secret) => {
    const error = new Error(`was ${secret}`);
    // Some runtimes write the stack only when it is first asked for.
    if (!error.stack) throw error;
    error.message = "is clean";
    return error;
  },
  string: (secret) => `thrown: ${secret}`,
  llmError: (secret) => new LLMError({ kind: "server", message: secret, text: secret, cause: new Error(secret) }),
  circular: (secret) => {
    const error: Error & { self?: unknown } = new Error("x");
    error.self = { error, also: [secret] };
    return error;
  },
};

function shown(error: unknown): string {
  const nested = inspect(error, { depth: 10, showHidden: true });
  return [nested, JSON.stringify(error), String(error), (error as Error).stack].join("\n");
}

/** All the ways in which a key may be written. */
function forms(secret: string): string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

describe("a key", () => {
  it.each(Object.keys(PLACES))("is never shown with an error that held it in: %s", async (place) => {
    await fc.assert(
      fc.asyncProperty(key, async (secret) => {
        const make = PLACES[place] as (key: string) => unknown;
        const thrown = make(secret);
        const adapter = fakeAdapter({
          generate: () => Promise.reject(thrown),
          embed: () => Promise.reject(thrown),
          toError: (error) => ({ kind: "server", message: `mapped: ${(error as Error).message}` }),
        });
        const backend = adapter({ apiKey: secret }).createBackend();
        const error = await errorOf(backend.generate(HELLO));
        for (const form of forms(secret)) expect(shown(error)).not.toContain(form);
        const cause = redactCause(thrown, [secret]);
        for (const form of forms(secret)) expect(inspect(cause, { depth: 10 })).not.toContain(form);
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    "sk-proj-abcdefghijklmnop",
    "sk-ant-api03-abcdefghijklmnop",
    "gsk_abcdefghijklmnop",
    "xai-abcdefghijklmnop",
    "hf_abcdefghijklmnop",
  ])("is known by its looks: %s", (secret) => {
    expect(redact(`Incorrect API key provided: ${secret}.`)).not.toContain(secret.slice(-8));
    expect(inspect(redactCause(new Error(secret), []))).not.toContain(secret.slice(-8));
  });

  it("is known by its place", () => {
    expect(redact("Authorization: Bearer abcdefgh12345678")).toBe("Authorization: Bearer ***");
    expect(redact("at https://me:hunter2@proxy.test/")).toBe("at https://me:***@proxy.test/");
    expect(redact("GET https://x.test/?api-version=1&api-key=abc&x=1")).toBe(
      "GET https://x.test/?api-version=1&api-key=***&x=1",
    );
    expect(redact("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl")).toBe("***");
  });

  it("is taken out whole where it holds another one", () => {
    expect(redact("abcdefgh-12345678", ["abcdefgh", "abcdefgh-12345678"])).toBe("***");
  });

  it("may be anything at all without breaking the error", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string(),
        (secret, text) => void redact(text + secret, [secret, "\ud800\ud800\ud800\ud800"]),
      ),
    );
  });
});

describe("what holds no key", () => {
  it("is left as it is", () => {
    const error = Object.assign(new Error("fine", { cause: new Error("also fine") }), {
      headers: new Headers({ "x-request-id": "r" }),
      body: new Uint8Array(100_000),
    });
    expect(redactCause(error, ["some-long-secret"])).toBe(error);
    for (const value of [undefined, null, 5, { a: 1 }]) expect(redactCause(value, ["some-long-secret"])).toBe(value);
    const text = "The task-oriented skill of an api key holder; see https://docs.test/a:b@c";
    expect(redact(text.slice(0, 47), ["none"])).toBe(text.slice(0, 47));
  });

  it("keeps what is known of it when it is copied", () => {
    const error = Object.assign(new TypeError("no: secret-secret"), { code: "E1", headers: { key: "secret-secret" } });
    const copy = redactCause(error, ["secret-secret"]) as Error & { code: string };
    expect(copy).not.toBe(error);
    expect(copy).toMatchObject({ name: "TypeError", message: "no: ***", code: "E1" });
    expect(copy.stack).toContain("secrets.test");
  });
});

describe("secretHeaderValues", () => {
  it("knows them by their names", () => {
    const headers = { Authorization: "Bearer abc", "x-api-key": "def", Cookie: "a=b", "x-team": "blue" };
    expect(secretHeaderValues(headers)).toEqual(["Bearer abc", "abc", "def", "def", "a=b", "a=b"]);
    expect(secretHeaderValues(undefined)).toEqual([]);
  });
});
