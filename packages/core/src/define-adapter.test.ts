import { describe, expect, it } from "vitest";
import { defineAdapter } from "./define-adapter.js";
import { answer, errorOf, fakeAdapter, HELLO } from "./testing/fakes.js";

const KEY = "acme-0123456789abcdef";

describe("defineAdapter", () => {
  it("gives what is an adapter as it stands, and makes one of a configuration", () => {
    const acme = fakeAdapter({}, { aliases: ["ac"], models: ["acme-*"], embeddingModel: "e1" });
    for (const adapter of [acme, acme(), acme({ apiKey: KEY })]) {
      expect({ ...adapter }).toMatchObject({ id: "acme", aliases: ["ac"], models: ["acme-*"], embeddingModel: "e1" });
      expect(adapter.name).toBe("Acme");
      expect(adapter.createBackend).toBeTypeOf("function");
    }
  });

  it("lets configurations of one adapter stand side by side", async () => {
    const acme = fakeAdapter(
      {},
      {
        createBackend: ({ baseURL }) => ({
          generate: async () => answer(String(baseURL)),
          stream: async function* () {},
        }),
      },
    );
    const [a, b] = [acme({ baseURL: "http://a.test" }), acme({ baseURL: "http://b.test" })];
    expect((await a.createBackend().generate(HELLO)).text).toBe("http://a.test");
    expect((await b.createBackend().generate(HELLO)).text).toBe("http://b.test");
  });

  it("reads a field from the configuration, then the general variable where it is meant, then the provider's own", async () => {
    const acme = fakeAdapter();
    const variables = {
      LLM_API_KEY: "general-key-01234567",
      ACME_API_KEY: KEY,
      LLM_BASE_URL: "http://general.test",
      ACME_BASE_URL: "http://own.test",
    };
    const sources = async (
      adapter: typeof acme | ReturnType<typeof acme>,
      general?: boolean | string[],
    ): Promise<(string | undefined)[]> => (await adapter.describe({ variables, general })).map(({ source }) => source);
    expect(await sources(acme, true)).toEqual(["LLM_API_KEY", "LLM_BASE_URL"]);
    expect(await sources(acme, ["baseURL"])).toEqual(["ACME_API_KEY", "LLM_BASE_URL"]);
    expect(await sources(acme)).toEqual(["ACME_API_KEY", "ACME_BASE_URL"]);
    expect(await sources(acme({ apiKey: KEY }), true)).toEqual(["config", "LLM_BASE_URL"]);
    expect((await acme.describe()).map(({ source }) => source)).toEqual([undefined, undefined]);
    expect((await acme.describe({ variables: { ACME_API_KEY: "  " } }))[0]?.source).toBeUndefined();
  });

  it("masks a key wherever it shows settings", async () => {
    const acme = fakeAdapter({}, { required: () => ["apiKey"] });
    const [setting] = await acme.describe({ variables: { ACME_API_KEY: KEY } });
    expect(setting).toMatchObject({ field: "apiKey", value: "acm***cdef", secret: true, fault: undefined });
    const bad = { variables: { ACME_API_KEY: `${KEY}\n${KEY}` } };
    expect(JSON.stringify(await acme.describe(bad))).not.toContain(KEY);
    expect(() => acme.createBackend(bad)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(KEY) }),
    );
    expect(() => acme.createBackend(bad)).toThrow("holds characters that no key has");
  });

  it.each([
    ["http://x.test/v1/", "http://x.test/v1"],
    ["https://x.test", "https://x.test"],
    ["localhost:11434", "http://localhost:11434"],
    ["127.0.0.1:8080/", "http://127.0.0.1:8080"],
    ["https://x.test///", "https://x.test"],
  ])("reads the URL %s", async (text, expected) => {
    const [, setting] = await fakeAdapter()({ baseURL: text }).describe();
    expect(setting).toMatchObject({ value: expected, fault: undefined });
  });

  it.each(["ftp://x.test", "http://", "not a url", "https://x .test"])("refuses the URL %s", (text) => {
    expect(() => fakeAdapter()({ baseURL: text }).createBackend()).toThrow(
      expect.objectContaining({
        kind: "invalid-request",
        message: `Acme is not configured: the option baseURL is ${JSON.stringify(text)}, which is not a URL`,
      }),
    );
  });

  it("shows no key that was pasted into another setting", () => {
    const make = (): unknown => fakeAdapter()({ apiKey: KEY, baseURL: `http://[${KEY}` }).createBackend();
    expect(make).toThrow('the option baseURL is "http://[***", which is not a URL');
  });

  it("tells all faults at once, before any call", () => {
    const acme = fakeAdapter({}, { required: () => ["apiKey"] });
    const make = (): unknown => acme.createBackend({ variables: { ACME_BASE_URL: "ftp://x" }, general: true });
    expect(make).toThrow(expect.objectContaining({ kind: "authentication" }));
    expect(make).toThrow("LLM_API_KEY or ACME_API_KEY or the option apiKey is not set; expected an API key");
    expect(make).toThrow('ACME_BASE_URL is "ftp://x", which is not a URL');
  });

  it("asks what is required of the configuration as it came out", async () => {
    const acme = fakeAdapter({}, { required: ({ baseURL }) => (baseURL ? [] : ["apiKey"]) });
    expect(() => acme.createBackend()).toThrow("apiKey is not set");
    expect((await acme({ baseURL: "http://x.test" }).createBackend().generate(HELLO)).text).toBe("Hello");
  });

  it("takes what is no string as it is", async () => {
    const fetch = async (): Promise<Response> => new Response();
    const adapter = defineAdapter<{ fetch?: typeof fetch; token?: () => string }>({
      id: "x",
      name: "X",
      env: { token: { variables: [], secret: true, description: "a token" } },
      createBackend: (config) => ({
        generate: async () => answer(String(config.fetch === fetch && config.token?.())),
        stream: async function* () {},
      }),
    })({ fetch, token: () => "t" });
    expect(await adapter.describe()).toMatchObject([{ value: "(given)", source: "config" }]);
    expect((await adapter.createBackend().generate(HELLO)).text).toBe("t");
    expect((await errorOf(adapter.createBackend().generate({ messages: [] }))).kind).toBe("invalid-request");
  });
});
