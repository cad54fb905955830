import { describe, expect, it, vi } from "vitest";
import { collect } from "./collect.js";
import { createLLM } from "./create-llm.js";
import { fromEnv } from "./from-env.js";
import { defineMiddleware } from "./middleware.js";
import { answer, errorOf, events, failure, fakeAdapter, HELLO } from "./testing/fakes.js";

const messages = HELLO.messages;

/** An adapter that answers with the model it was asked for. */
function named(id: string, models: string[] = [], aliases: string[] = []): ReturnType<typeof fakeAdapter> {
  return fakeAdapter(
    {
      generate: async ({ model }) => answer(`${id}:${model}`),
      async *stream({ model }) {
        yield events(`${id}:${model}`);
      },
    },
    { id, name: id, models, aliases },
  );
}

const two = createLLM({ adapters: [named("acme", ["gpt-*", "acme-*"], ["ac"]), named("other", ["gpt-*"])], env: {} });

describe("createLLM", () => {
  it.each([
    ["acme/m", "acme:m"],
    ["ACME/m", "acme:m"],
    ["ac/m", "acme:m"],
    ["other/anthropic/claude-x", "other:anthropic/claude-x"],
    ["acme-1", "acme:acme-1"],
    ["acme/", undefined],
    ["gpt-4", undefined],
  ])("sends %s where it belongs", async (model, text) => {
    const request = { model, messages };
    if (text === undefined) return void expect((await errorOf(two.generate(request))).parameter).toBe("model");
    const result = await two.generate(request);
    expect(result.text).toBe(text);
    expect(result).toMatchObject({ provider: text.split(":")[0], model: text.slice(text.indexOf(":") + 1) });
    expect((await collect(two.stream(request))).text).toBe(text);
  });

  it.each([
    ["acne/m", "invalid", 'did you mean "acme"? (adapters here: acme, other)'],
    ["zzz/m", "unknown", 'No adapter has the prefix "zzz" of "zzz/m" (adapters here: acme, other)'],
    ["llama", "bare", "say prefix/llama (adapters here: acme, other)"],
    ["gpt-4", "ambiguous", "say acme/gpt-4 or other/gpt-4"],
    ["acme/", "empty", "names no model"],
    [" ", "blank", "no model was named"],
    [undefined, "missing", "no model was named"],
  ])("says what is wrong with %s (%s)", async (model, _, message) => {
    for (const run of [
      two.generate({ model, messages }),
      collect(two.stream({ model, messages })),
      two.countTokens({ model, messages }),
    ]) {
      expect((await errorOf(run)).message).toContain(message);
    }
  });

  it("names the one adapter there is for a bare name", async () => {
    const llm = createLLM({ adapters: [named("acme")], env: {} });
    expect((await errorOf(llm.generate({ model: "llama", messages }))).message).toContain("say acme/llama");
  });

  it.each([
    ["acme", "say acme/<model>"],
    ["/", "is not of the form prefix/model"],
  ])("says what is missing in %s", async (model, message) => {
    const llm = createLLM({ adapters: [named("acme")], env: {} });
    expect(await errorOf(llm.generate({ model, messages }))).toMatchObject({
      kind: "invalid-request",
      message: expect.stringContaining(message),
    });
  });

  it("has defaults for requests that name no model", async () => {
    const embed = vi.fn(async () => ({ embeddings: [], usage: { inputTokens: { total: 1 } }, response: {} }));
    const llm = createLLM({
      adapters: [fakeAdapter({ embed })],
      model: "acme/chat",
      embeddingModel: "acme/embed",
      env: {},
    });
    expect(await llm.generate({ messages })).toMatchObject({ model: "chat" });
    expect(await llm.embed({ values: ["a"] })).toMatchObject({ model: "embed" });
    expect(await llm.generate({ model: "acme/own", messages })).toMatchObject({ model: "own" });
    const bare = createLLM({ adapters: [fakeAdapter({ embed })], model: "acme/chat", env: {} });
    expect((await errorOf(bare.embed({ values: ["a"] }))).message).toContain("LLM_EMBEDDING_MODEL");
  });

  it("says what a provider lacks", async () => {
    for (const run of [two.embed({ model: "acme/e", values: ["a"] }), two.countTokens({ model: "acme/m", messages })]) {
      expect(await errorOf(run)).toMatchObject({ kind: "unsupported", provider: "acme" });
    }
    expect(await errorOf(two.listModels({ provider: "acme" }))).toMatchObject({
      kind: "unsupported",
      message: "acme has no list of models",
    });
  });

  it("lists the models of one or all, ready for LLM_MODEL", async () => {
    const listing = (id: string, ...ids: string[]): ReturnType<typeof fakeAdapter> =>
      fakeAdapter(
        { listModels: async () => ids.map((model) => ({ id: model, name: model })) },
        { id, aliases: [`${id}-alias`] },
      );
    const llm = createLLM({ adapters: [listing("a", "x", "y/z"), listing("b", "x"), named("none")], env: {} });
    expect((await llm.listModels()).map(({ id }) => id)).toEqual(["a/x", "a/y/z", "b/x"]);
    expect(await llm.listModels({ provider: "b-alias" })).toEqual([{ id: "b/x", name: "x" }]);
    expect(await errorOf(llm.listModels({ provider: "c" }))).toMatchObject({ kind: "not-found" });
  });

  it("lists the models of those that are configured, and says what is missing where none is or one is named", async () => {
    const listed = (id: string) =>
      fakeAdapter({ listModels: async () => [{ id: "x" }] }, { id, required: () => ["apiKey"] });
    const env = {};
    const adapters = [listed("a"), listed("b")({ apiKey: "key" })];
    expect(await createLLM({ adapters, env }).listModels()).toEqual([{ id: "b/x" }]);
    const missing = { kind: "authentication", message: expect.stringContaining("ACME_API_KEY") };
    expect(await errorOf(createLLM({ adapters, env }).listModels({ provider: "a" }))).toMatchObject(missing);
    expect(await errorOf(createLLM({ adapters: [listed("a")], env }).listModels())).toMatchObject(missing);
  });

  it("refuses a prefix that two adapters have, and no other", async () => {
    const llm = createLLM({ adapters: [named("a"), named("b", [], ["a"])], env: {} });
    const error = { kind: "invalid-request", message: 'Several adapters have the prefix "a" of "a/m": a and b' };
    expect(await errorOf(llm.generate({ model: "a/m", messages }))).toMatchObject(error);
    expect(await errorOf(collect(llm.stream({ model: "a/m", messages })))).toMatchObject(error);
    expect((await llm.generate({ model: "b/m", messages })).text).toBe("b:m");
  });

  it("makes a backend once, when it is first asked for", async () => {
    const createBackend = vi.fn(() => ({ generate: async () => answer("x"), stream: async function* () {} }));
    const llm = createLLM({ adapters: [fakeAdapter({}, { createBackend })], env: {} });
    expect(createBackend).not.toHaveBeenCalled();
    await Promise.all([llm.generate({ model: "acme/a", messages }), llm.generate({ model: "acme/b", messages })]);
    expect(createBackend).toHaveBeenCalledOnce();
  });

  it("reads what a configuration leaves out from the environment it is given, not the general variables", async () => {
    const createBackend = vi.fn(() => ({ generate: async () => answer("x"), stream: async function* () {} }));
    const adapter = fakeAdapter({}, { createBackend });
    const env = { ACME_API_KEY: "from-env", LLM_API_KEY: "general", ACME_BASE_URL: "http://x.test/" };
    await createLLM({ adapters: [adapter], env }).generate({ model: "acme/m", messages });
    await createLLM({ adapters: [adapter({ apiKey: "own" })], env }).generate({ model: "acme/m", messages });
    expect(createBackend.mock.calls).toEqual([
      [{ apiKey: "from-env", baseURL: "http://x.test" }],
      [{ apiKey: "own", baseURL: "http://x.test" }],
    ]);
  });

  it("does not retry, and drops parameters for all requests where asked to", async () => {
    const generate = vi.fn(async () => Promise.reject(failure("overloaded")));
    await errorOf(
      createLLM({ adapters: [fakeAdapter({ generate })], model: "acme/m", env: {} }).generate({ messages }),
    );
    expect(generate).toHaveBeenCalledOnce();
    const picky = fakeAdapter({
      async generate(_request, context) {
        context.unsupported("seed");
        return answer("x");
      },
    });
    const llm = createLLM({ adapters: [picky], model: "acme/m", dropParams: true, env: {} });
    expect((await llm.generate({ messages })).warnings).toHaveLength(1);
    expect((await errorOf(llm.generate({ messages, dropParams: false }))).kind).toBe("unsupported");
  });

  it("puts middleware around itself, and fromEnv around its retries, the first outermost", async () => {
    const order: string[] = [];
    const note = (name: string): ReturnType<typeof defineMiddleware> =>
      defineMiddleware({
        async generate(request, next) {
          order.push(`> ${name}`);
          const result = await next.generate(request);
          order.push(`< ${name}`);
          return result;
        },
      });
    let attempts = 0;
    const generate = async (): Promise<ReturnType<typeof answer>> => {
      if (++attempts === 1) throw failure("overloaded", { retryAfter: 0 });
      return answer("x");
    };
    const options = { adapters: [fakeAdapter({ generate })], middleware: [note("a"), note("b")] };
    const retrying = await fromEnv({ ...options, env: { LLM_MODEL: "acme/m" } });
    await retrying.generate({ messages });
    expect(attempts).toBe(2);
    expect(order.splice(0)).toEqual(["> a", "> b", "< b", "< a"]);
    await createLLM({ ...options, env: {} }).generate({ model: "acme/m", messages });
    expect(order).toEqual(["> a", "> b", "< b", "< a"]);
  });
});
