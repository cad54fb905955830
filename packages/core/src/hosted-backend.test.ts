import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import type { AdapterRequest, CallContext } from "./adapter-backend.js";
import { collect } from "./collect.js";
import { LLMError } from "./errors.js";
import { answer, errorOf, events, fakeAdapter, HELLO, hosted, STOP, USAGE } from "./testing/fakes.js";

const KEY = "acme-secret-0123456789";

describe("a hosted backend", () => {
  it("completes a result", async () => {
    const backend = hosted({
      generate: async () => ({
        content: [
          { type: "reasoning", text: "Let me " },
          { type: "reasoning", text: "think." },
          { type: "text", text: "It is " },
          { type: "tool-call", id: "1", name: "look", input: {} },
          { type: "text", text: "blue." },
          { type: "refusal", text: "But no more." },
        ],
        finishReason: STOP,
        usage: USAGE,
        response: { id: "r" },
      }),
    });
    const result = await backend.generate(HELLO);
    expect(result).toMatchObject({
      text: "It is blue.",
      reasoning: "Let me think.",
      refusal: "But no more.",
      toolCalls: [{ type: "tool-call", id: "1", name: "look", input: {} }],
      output: undefined,
      warnings: [],
      provider: "acme",
      model: "m",
      response: { id: "r" },
    });
    expect(result.message).toEqual({ role: "assistant", content: result.content });
    const bare = await hosted({ generate: async () => ({ ...answer(""), content: [] }) }).generate(HELLO);
    expect(bare).toMatchObject({ text: "", reasoning: undefined, refusal: undefined, toolCalls: [] });
  });

  it("hands the adapter the request without what core deals with itself", async () => {
    let seen: AdapterRequest | undefined;
    let context: CallContext | undefined;
    const backend = hosted({
      async generate(request, given) {
        [seen, context] = [request, given];
        return answer("x");
      },
    });
    const headers = { "x-team": "blue" };
    await backend.generate({
      ...HELLO,
      headers,
      temperature: 0,
      providerOptions: { acme: { fast: true } },
      signal: new AbortController().signal,
      timeout: { total: 1000 },
      dropParams: true,
    });
    expect(seen).toEqual({
      model: "m",
      messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
      headers,
      temperature: 0,
      providerOptions: { acme: { fast: true } },
    });
    expect(context?.signal).toBeInstanceOf(AbortSignal);
  });

  it("tells the adapter whether the call can be aborted at all: a stream always, for it can be left", async () => {
    const told: boolean[] = [];
    const tell = (_request: unknown, { abortable, signal }: CallContext) => {
      expect(signal.aborted).toBe(false);
      told.push(abortable);
    };
    const backend = hosted({
      async generate(request, context) {
        tell(request, context);
        return answer("Hi");
      },
      async *stream(request, context) {
        tell(request, context);
        yield events("Hi");
      },
    });
    await backend.generate(HELLO);
    await backend.generate({ ...HELLO, signal: new AbortController().signal });
    await backend.generate({ ...HELLO, timeout: { total: 60_000 } });
    await collect(backend.stream(HELLO));
    expect(told).toEqual([false, true, true, true]);
  });

  it("has just the optional methods that the adapter has", () => {
    expect(hosted()).not.toHaveProperty("embed");
    expect(hosted()).not.toHaveProperty("listModels");
    expect(hosted()).not.toHaveProperty("countTokens");
    const whole = hosted({ embed: vi.fn(), listModels: vi.fn(), countTokens: vi.fn() });
    expect(whole.embed && whole.listModels && whole.countTokens).toBeTypeOf("function");
  });

  it("checks what it embeds", async () => {
    const embed = vi.fn(async () => ({ embeddings: [], usage: { inputTokens: { total: 0 } }, response: {} }));
    const backend = hosted({ embed });
    for (const values of ["text", undefined, [1]]) {
      const error = await errorOf(backend.embed?.({ model: "m", values: values as never }) as Promise<unknown>);
      expect(error).toMatchObject({ kind: "invalid-request", parameter: "values" });
    }
    expect((await errorOf(backend.embed?.({ values: ["a"] }) as Promise<unknown>)).parameter).toBe("model");
    expect(embed).not.toHaveBeenCalled();
    expect(await backend.embed?.({ model: "m", values: ["a"] })).toMatchObject({
      provider: "acme",
      model: "m",
      warnings: [],
    });
  });

  it("throws for a parameter that the provider lacks", async () => {
    const backend = hosted({
      async generate(_request, context) {
        context.unsupported("topK", "it has no such thing");
        return answer("x");
      },
      async *stream(_request, context) {
        context.unsupported("topK");
        yield* events("x");
      },
    });
    expect(await errorOf(backend.generate(HELLO))).toMatchObject({
      kind: "unsupported",
      parameter: "topK",
      provider: "acme",
      model: "m",
      retryable: false,
      message: "Acme does not support topK: it has no such thing",
    });
    expect(await errorOf(backend.stream(HELLO))).toMatchObject({ kind: "unsupported", parameter: "topK" });
  });

  it("warns of it instead with dropParams, on the result, the start or the finish", async () => {
    const backend = hosted({
      async generate(_request, context) {
        context.unsupported("topK");
        return answer("x");
      },
      async *stream(_request, context) {
        context.unsupported("topK");
        const all = events("x");
        yield all.slice(0, 2);
        context.warn({ type: "other", message: "late" });
        yield all.slice(2);
      },
    });
    const request = { ...HELLO, dropParams: true };
    const dropped = { type: "dropped", parameter: "topK", message: "Acme does not support topK. It was left out." };
    expect((await backend.generate(request)).warnings).toEqual([dropped]);
    const seen = [];
    for await (const event of backend.stream(request)) seen.push(event);
    expect(seen[0]).toMatchObject({ type: "start", warnings: [dropped] });
    expect(seen.at(-1)).toMatchObject({ type: "finish", warnings: [{ type: "other", message: "late" }] });
    expect((await collect(backend.stream(request))).warnings).toEqual([dropped, { type: "other", message: "late" }]);
  });
});

describe("errors of a hosted backend", () => {
  it("are completed with provider, model and cause", async () => {
    const cause = Object.assign(new Error("SDK says no"), { status: 429 });
    const backend = hosted({
      generate: async () => {
        throw cause;
      },
      toError: (error) => ({ kind: "rate-limit", message: (error as Error).message, status: 429, retryAfter: 5 }),
    });
    const error = await errorOf(backend.generate(HELLO));
    expect(error).toMatchObject({ kind: "rate-limit", provider: "acme", model: "m", status: 429, retryAfter: 5 });
    expect(error.cause).toBe(cause);
    expect(error.name).toBe("RateLimitError");
  });

  it("keep the stack and the facts of an LLMError that the adapter threw", async () => {
    const thrown = new LLMError({ kind: "malformed-response", message: "garbage", text: "<html>", requestId: "r" });
    const backend = hosted({ generate: () => Promise.reject(thrown) });
    const error = await errorOf(backend.generate(HELLO));
    expect(error).toMatchObject({
      kind: "malformed-response",
      text: "<html>",
      requestId: "r",
      provider: "acme",
      model: "m",
    });
    expect(error.stack).toBe(thrown.stack);
  });

  it("are connection errors where the adapter does not know better", async () => {
    const fetchFailed = new TypeError("fetch failed", {
      cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
    });
    const error = await errorOf(hosted({ generate: () => Promise.reject(fetchFailed) }).generate(HELLO));
    expect(error).toMatchObject({ kind: "connection", code: "ECONNREFUSED", retryable: true });
  });

  it("are the request's fault where a header can't be sent, whose value is not told", async () => {
    const backend = hosted({
      async generate({ headers }) {
        new Headers(headers);
        return answer("");
      },
    });
    const value = "Bearer abc\r\nx-evil: 1";
    const error = await errorOf(backend.generate({ ...HELLO, headers: { "x-a": "fine", authorization: value } }));
    expect(error).toMatchObject({ kind: "invalid-request", parameter: 'headers["authorization"]' });
    expect(inspect(error)).not.toContain("abc");
  });

  it("are malformed responses where the adapter parsed what is not JSON", async () => {
    const backend = hosted({ generate: async () => JSON.parse("<html>") });
    expect(await errorOf(backend.generate(HELLO))).toMatchObject({ kind: "malformed-response", retryable: false });
  });

  it("are bugs where nobody knows them", async () => {
    const bug = new TypeError("x is not a function");
    await expect(hosted({ generate: () => Promise.reject(bug) }).generate(HELLO)).rejects.toBe(bug);
    await expect(
      collect(
        hosted({
          stream: () => {
            throw bug;
          },
        }).stream(HELLO),
      ),
    ).rejects.toBe(bug);
  });

  it("hold no key, wherever the SDK put it", async () => {
    const cause = Object.assign(new Error(`401: wrong key ${KEY}`), {
      headers: new Headers({ authorization: `Bearer ${KEY}` }),
      request: { options: { headers: { "api-key": KEY } } },
      cause: new Error("inner", { cause: new Error(`at https://acme.test/?api_key=${KEY}`) }),
    });
    const adapter = fakeAdapter({
      generate: () => Promise.reject(cause),
      stream: () => {
        throw cause;
      },
      toError: (error) => ({
        kind: "authentication",
        message: (error as Error).message,
        text: `sent ${KEY}`,
        code: KEY,
        requestId: `for-${KEY}`,
      }),
    });
    const backend = adapter({ apiKey: KEY }).createBackend();
    for (const run of [backend.generate(HELLO), collect(backend.stream(HELLO))]) {
      const error = await errorOf(run);
      const shown = inspect(error, { depth: 10 }) + JSON.stringify(error) + String(error) + error.stack;
      expect(shown).not.toContain(KEY);
      expect(error.message).toBe("401: wrong key ***");
      expect((error.cause as Error).message).toBe("401: wrong key ***");
    }
  });

  it("hold no key that came in a header of the call or from the environment", async () => {
    const secret = "per-call-secret-42";
    const adapter = fakeAdapter({
      generate: () => Promise.reject(new LLMError({ kind: "server", message: `${secret} and ${KEY}` })),
    });
    const backend = adapter.createBackend({ variables: { ACME_API_KEY: KEY } });
    const error = await errorOf(backend.generate({ ...HELLO, headers: { Authorization: `Bearer ${secret}` } }));
    expect(error.message).toBe("*** and ***");
  });

  it("throw something even where what was thrown is all key", async () => {
    const thrown = { config: { key: KEY } };
    const backend = fakeAdapter({ generate: () => Promise.reject(thrown) })({ apiKey: KEY }).createBackend();
    const caught: unknown = await backend.generate(HELLO).catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(Error);
    expect(inspect(caught)).not.toContain(KEY);
  });

  it("show the words of a placeholder key as they are", async () => {
    const backend = fakeAdapter({
      generate: () => Promise.reject(new LLMError({ kind: "not-found", message: "run: ollama pull m" })),
    })({ apiKey: "ollama" }).createBackend();
    expect((await errorOf(backend.generate(HELLO))).message).toBe("run: ollama pull m");
  });
});

describe("structured output", () => {
  it("is parsed for generate and stream alike, and an error holds the raw text", async () => {
    const backend = hosted({
      generate: async () => answer('{"a": 1,}'),
      async *stream() {
        yield events('{"a"', ": 1,}");
      },
    });
    const request = { ...HELLO, output: "json" as const };
    const result = await backend.generate(request);
    expect(result.output).toEqual({ a: 1 });
    expect(result.warnings).toMatchObject([{ type: "repaired", parameter: "output" }]);
    const streamed = await collect(backend.stream(request));
    expect(streamed.output).toEqual(result.output);
    expect(streamed.warnings).toEqual(result.warnings);
    const prose = hosted({
      generate: async () => answer("No."),
      async *stream() {
        yield events("No.");
      },
    });
    for (const run of [prose.generate(request), collect(prose.stream(request))]) {
      expect(await errorOf(run)).toMatchObject({
        kind: "malformed-response",
        text: "No.",
        provider: "acme",
        model: "m",
        usage: answer("No.").usage,
      });
    }
  });
});
