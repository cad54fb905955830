import { type } from "arktype";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { requestKey } from "./request-key.js";
import { HELLO } from "./testing/fakes.js";

describe("requestKey", () => {
  it("is the same for the same question, however it is put and sent", () => {
    const request = { ...HELLO, temperature: 0, seed: 1, providerOptions: { a: { x: 1, y: 2 } } };
    const same = {
      providerOptions: { a: { y: 2, x: 1 } },
      seed: 1,
      temperature: 0,
      topP: undefined,
      messages: structuredClone(HELLO.messages),
      model: HELLO.model,
      signal: new AbortController().signal,
      timeout: { total: 5 },
      headers: { "x-trace": "1" },
      context: { key: "k", tags: ["t"] },
    };
    expect(requestKey(same)).toBe(requestKey(request));
  });

  it.each([
    [{ temperature: 0 }],
    [{ model: "other" }],
    [{ messages: [{ role: "user", content: "Other" }] }],
    [{ messages: [{ role: "user", content: [{ type: "image", data: Uint8Array.of(1, 2) }] }] }],
    [{ tools: [{ name: "x", inputSchema: z.object({ a: z.string() }) }] }],
    [{ output: { schema: z.object({ a: z.string() }) } }],
    [{ output: { schema: z.object({ a: z.number() }) } }],
    [{ providerOptions: JSON.parse('{"acme":{"__proto__":{"a":1}}}') }],
  ])("differs by %j", (more) => {
    const keys = [{}, { temperature: 1 }, more].map((each) => requestKey({ ...HELLO, ...each }));
    expect(new Set(keys).size).toBe(3);
  });

  it("knows a schema by what it says, in whichever form", () => {
    const schema = z.object({ a: z.string() });
    const plain = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
    expect(requestKey({ output: { schema } })).toBe(requestKey({ output: { schema: plain } }));
    expect(requestKey({ data: Uint8Array.of(1) })).not.toBe(requestKey({ data: "AQ==" }));
  });

  it("knows a schema that is a function", () => {
    const keys = [type({ a: "string" }), type({ a: "number" })].map((schema) => requestKey({ output: { schema } }));
    expect(new Set(keys).size).toBe(2);
    expect(keys[0]).toContain('"string"');
    expect(requestKey({ ...HELLO, onDone: () => 1 })).toBe(requestKey(HELLO));
  });

  it("does not take an object for the bytes that it looks like", () => {
    const look = [Uint8Array.of(1), { bytes: "AQ==" }, { $bytes: "AQ==" }, { $$bytes: "AQ==" }, { xbytes: "AQ==" }];
    expect(new Set(look.map((data) => requestKey({ data }))).size).toBe(look.length);
  });

  it("is one for any order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(requestKey({ value: reversed })).toBe(requestKey({ value }));
      }),
    );
  });
});
