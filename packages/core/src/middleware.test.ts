import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { applyMiddleware } from "./apply-middleware.js";
import type { LLMBackend } from "./backend.js";
import { collect } from "./collect.js";
import { createLLM } from "./create-llm.js";
import { defineMiddleware } from "./middleware.js";
import { fakeAdapter, HELLO, hosted } from "./testing/fakes.js";

describe("defineMiddleware", () => {
  it("takes ten lines", async () => {
    const shout = defineMiddleware({
      async generate(request, next) {
        const result = await next.generate(request);
        return { ...result, text: result.text.toUpperCase() };
      },
      async *stream(request, next) {
        for await (const event of next.stream(request)) {
          yield event.type === "text-delta" ? { ...event, delta: event.delta.toUpperCase() } : event;
        }
      },
    });
    const loud = shout(hosted());
    expect(loud.provider).toBe("acme");
    expect((await loud.generate(HELLO)).text).toBe("HELLO");
    expect((await collect(loud.stream(HELLO))).text).toBe("HELLO");
  });

  it("passes through what it does not change, and adds no method that is not there", async () => {
    const through = defineMiddleware({ embed: vi.fn() });
    expect((await through(hosted()).generate(HELLO)).text).toBe("Hello");
    expect(through(hosted())).not.toHaveProperty("embed");
    const listModels = vi.fn(async () => []);
    const listing = through(hosted({ listModels }));
    expect(await listing.listModels?.()).toEqual([]);
    expect(listing).not.toHaveProperty("countTokens");
  });

  it("changes the request of calls and streams, also from afar", async () => {
    for (const delay of [(value: unknown) => value, (value: unknown) => Promise.resolve(value)]) {
      const polite = defineMiddleware({
        name: "polite",
        request: (request) =>
          delay({ ...request, messages: [...request.messages, { role: "user", content: "please" }] }) as never,
      })(hosted());
      expect(polite.provider).toBe("polite");
      expect((await polite.generate(HELLO)).text).toBe("please");
      expect((await collect(polite.stream(HELLO))).text).toBe("please");
    }
  });

  it("keeps `this` of the backend behind", async () => {
    class Stateful implements LLMBackend {
      readonly provider = "stateful";
      readonly #inner = hosted();
      generate(request: Parameters<LLMBackend["generate"]>[0]): ReturnType<LLMBackend["generate"]> {
        return this.#inner.generate(request);
      }
      stream(request: Parameters<LLMBackend["generate"]>[0]): ReturnType<LLMBackend["stream"]> {
        return this.#inner.stream(request);
      }
      async listModels(): Promise<[{ id: string }]> {
        return [{ id: this.#inner.provider }];
      }
    }
    const { generate, stream, listModels } = defineMiddleware({})(new Stateful());
    expect((await generate(HELLO)).text).toBe("Hello");
    expect((await collect(stream(HELLO))).text).toBe("Hello");
    expect(await listModels?.()).toEqual([{ id: "acme" }]);
  });
});

describe("applyMiddleware", () => {
  it("keeps the types of what it is put around", async () => {
    const llm = createLLM({ adapters: [fakeAdapter()({ apiKey: "k" })], model: "acme/m", env: {} });
    const wrapped = applyMiddleware(llm, defineMiddleware({}));
    expect(await wrapped.listModels()).toEqual([]);
    expectTypeOf(wrapped.generate).toEqualTypeOf(llm.generate);
  });

  it("puts the first outermost", async () => {
    const tag = (name: string): ReturnType<typeof defineMiddleware> =>
      defineMiddleware({
        async generate(request, next) {
          const result = await next.generate({ ...request, user: `${request.user ?? ""}${name}` });
          return { ...result, text: result.text + name };
        },
      });
    let user: string | undefined;
    const backend = hosted({
      async generate(request) {
        user = request.user;
        return {
          content: [{ type: "text", text: "-" }],
          finishReason: { unified: "stop", raw: undefined },
          usage: { inputTokens: {}, outputTokens: {} } as never,
          response: {},
        };
      },
    });
    expect((await applyMiddleware(backend, tag("a"), tag("b")).generate(HELLO)).text).toBe("-ba");
    expect(user).toBe("ab");
    expect(applyMiddleware(backend)).toBe(backend);
  });
});
