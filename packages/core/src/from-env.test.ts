import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { collect } from "./collect.js";
import { fromEnv, inspectEnv } from "./from-env.js";
import { isNotInstalled } from "./import-adapter.js";
import { importerFrom } from "./import-adapter.node.js";
import { answer, errorOf, failure, fakeAdapter, HELLO } from "./testing/fakes.js";

vi.mock("./known-adapters.js", () => ({
  KNOWN_ADAPTERS: [
    { id: "openai", aliases: ["oai"], models: ["gpt-*"], package: "@llmux/openai" },
    { id: "azure", aliases: ["azureopenai"], models: [], package: "@llmux/azure" },
    { id: "ollama", aliases: [], models: ["both-*"], package: "@llmux/ollama" },
    { id: "other", aliases: [], models: ["both-*"], package: "@llmux/other" },
    { id: "many", aliases: ["lots"], models: ["many-*"], package: "@llmux/native-many" },
    { id: "many", aliases: [], models: [], package: "@llmux/hosts" },
    { id: "few", aliases: [], models: [], package: "@llmux/hosts" },
  ],
}));

const { messages } = HELLO;
const KEY = "acme-0123456789abcdef";

/** An importer that has these packages and says of others what Node says. */
function importerOf(packages: Record<string, unknown>): ReturnType<typeof vi.fn<(name: string) => Promise<unknown>>> {
  return vi.fn(async (name: string) => {
    if (name in packages) return { default: packages[name] };
    throw Object.assign(new Error(`Cannot find package '${name}' imported from /app/main.js`), {
      code: "ERR_MODULE_NOT_FOUND",
    });
  });
}

function named(id: string, definition: object = {}): ReturnType<typeof fakeAdapter> {
  return fakeAdapter({ generate: async ({ model }) => answer(`${id}:${model}`) }, { id, name: id, ...definition });
}

describe("fromEnv", () => {
  it("imports the one package that the prefix names, and talks to its model", async () => {
    const load = importerOf({ "@llmux/openai": named("openai") });
    const llm = await fromEnv({ env: { LLM_MODEL: "openai/gpt-4o" }, import: load });
    expect((await llm.generate({ messages })).text).toBe("openai:gpt-4o");
    expect((await collect(llm.stream({ messages }))).text).toBe("Hello");
    expect(load.mock.calls).toEqual([["@llmux/openai"]]);
  });

  it("takes from a package of several adapters the one with the prefix", async () => {
    const load = importerOf({ "@llmux/hosts": [named("many"), named("few", { aliases: ["f"] })] });
    for (const [model, text] of [
      ["few/m", "few:m"],
      ["many/m", "many:m"],
    ]) {
      const llm = await fromEnv({ env: { LLM_MODEL: model }, import: load });
      expect((await llm.generate({ messages })).text).toBe(text);
    }
    expect(load.mock.calls.flat()).toEqual(["@llmux/hosts", "@llmux/native-many", "@llmux/hosts"]);
    const error = await errorOf(
      fromEnv({ env: { LLM_MODEL: "few/m" }, import: importerOf({ "@llmux/hosts": [named("many")] }) }),
    );
    expect(error.message).toContain('has no adapter with the prefix "few"');
  });

  it("prefers the package that is made for a prefix, and names both where neither is there", async () => {
    const load = importerOf({ "@llmux/native-many": named("many"), "@llmux/hosts": [named("many")] });
    await fromEnv({ env: { LLM_MODEL: "lots/m" }, import: load });
    await fromEnv({ env: { LLM_MODEL: "many-1" }, import: load });
    expect(load.mock.calls.flat()).toEqual(["@llmux/native-many", "@llmux/native-many"]);
    const error = await errorOf(fromEnv({ env: { LLM_MODEL: "many/m" }, import: importerOf({}) }));
    expect(error.message).toContain("npm install @llmux/native-many (or @llmux/hosts)");
  });

  it.each([
    ["oai/gpt-4o", ["@llmux/openai"], "openai:gpt-4o"],
    ["OpenAI/qwen/qwen3", ["@llmux/openai"], "openai:qwen/qwen3"],
    ["gpt-4o", ["@llmux/openai"], "openai:gpt-4o"],
    ["acme/m/x", ["@llmux/acme", "llmux-adapter-acme"], "acme:m/x"],
    ["my_host/m", ["@llmux/my-host", "llmux-adapter-my_host"], "my_host:m"],
  ])("finds the package for %s", async (model, asked, text) => {
    const load = importerOf({
      "@llmux/openai": named("openai"),
      "llmux-adapter-acme": named("acme"),
      "llmux-adapter-my_host": named("my_host"),
    });
    const llm = await fromEnv({ env: { LLM_MODEL: model }, import: load });
    expect((await llm.generate({ messages })).text).toBe(text);
    expect(load.mock.calls.map(([name]) => name)).toEqual(asked);
  });

  it("takes what is handed in before it imports anything", async () => {
    const load = importerOf({});
    const adapters = [named("openai", { models: ["gpt-*"] })];
    for (const model of ["openai/m", "gpt-m"]) {
      const llm = await fromEnv({ env: { LLM_MODEL: model }, adapters, import: load });
      expect((await llm.generate({ messages })).text).toBe(`openai:${model.replace("openai/", "")}`);
    }
    expect(load).not.toHaveBeenCalled();
  });

  it.each([
    ["openai/gpt-4o", "its adapter is not installed: npm install @llmux/openai"],
    ["opnai/gpt-4o", 'did you mean "openai"? (neither @llmux/opnai nor llmux-adapter-opnai was found'],
    ["zzzzzz/m", 'no adapter for the prefix "zzzzzz" is installed (neither @llmux/zzzzzz nor llmux-adapter-zzzzzz'],
    ["zzzzzz/m", "npm install llmux-adapter-zzzzzz if there is one"],
    ["some-model", "no adapter claims this bare name; expected prefix/model"],
    ["both-1", "several adapters claim it: say ollama/both-1 or other/both-1"],
  ])("says of %s what to do", async (model, message) => {
    const error = await errorOf(fromEnv({ env: { LLM_MODEL: model }, import: importerOf({}) }));
    expect(error).toMatchObject({ kind: "invalid-request", parameter: "LLM_MODEL" });
    expect(error.message).toContain(`LLM_MODEL is "${model}": `);
    expect(error.message).toContain(message);
  });

  it("does not call a package that breaks on import one that is not installed", async () => {
    const bugs = [
      new SyntaxError("Unexpected token"),
      new Error("'llmux-adapter-acme' needs ACME_HOME"),
      Object.assign(
        new Error("Cannot find package 'acme-sdk' imported from /app/node_modules/llmux-adapter-acme/index.js"),
        {
          code: "ERR_MODULE_NOT_FOUND",
        },
      ),
    ];
    for (const bug of bugs) {
      const load = async (name: string): Promise<unknown> =>
        name === "llmux-adapter-acme" ? Promise.reject(bug) : importerOf({})(name);
      const error = await errorOf(fromEnv({ env: { LLM_MODEL: "acme/m" }, import: load }));
      expect(error.message).toContain("the package llmux-adapter-acme could not be imported");
      expect(error.message).toContain(bug.message);
      expect(error.message).not.toContain("not installed");
      expect(error.cause).toBe(bug);
    }
  });

  it.each([undefined, null, {}, { id: "acme" }, { createBackend() {} }, () => {}])(
    "refuses a package whose default is %o",
    async (value) => {
      const error = await errorOf(
        fromEnv({ env: { LLM_MODEL: "acme/m" }, import: importerOf({ "@llmux/acme": value }) }),
      );
      expect(error.message).toContain("the package @llmux/acme has no adapter as its default export");
      const nothing = await errorOf(fromEnv({ env: { LLM_MODEL: "acme/m" }, import: async () => undefined }));
      expect(nothing.message).toContain("no adapter as its default export");
    },
  );

  it.each([
    "../evil/m",
    "./evil/m",
    "..%2fevil/m",
    "file:x/m",
    "data:text/m",
    "node:fs/m",
    "@scope/m",
    "a b/m",
    "C:\\x/m",
    "-x/m",
    "é/m",
    "http:/m",
  ])("lets no hostile prefix reach the importer: %s", async (model) => {
    const load = importerOf({});
    await errorOf(fromEnv({ env: { LLM_MODEL: model }, import: load }));
    expect(load).not.toHaveBeenCalled();
  });

  it("asks the importer for nothing but package names, whatever LLM_MODEL holds", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[./\\:@%a-z_-]{1,12}\/m$/)),
        async (model) => {
          const load = importerOf({});
          await inspectEnv({ env: { LLM_MODEL: model }, import: load });
          for (const [name] of load.mock.calls) expect(name).toMatch(/^(@llmux\/|llmux-adapter-)[a-z][a-z\d_.-]*$/);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("feeds the general variables to the chat model's adapter, and to one that only embeds just what must be meant for it", async () => {
    const made: Record<string, unknown> = {};
    const field = (variable: string, secret = false): object => ({
      variables: [variable],
      secret,
      description: "a value",
    });
    const adapter = (id: string): ReturnType<typeof fakeAdapter> =>
      named(id, {
        env: {
          apiKey: field(`${id}_KEY`, true),
          baseURL: field(`${id}_URL`),
          apiVersion: field(`${id}_V`),
          embeddingDeployment: field(`${id}_D`),
        },
        createBackend: (config: object) => {
          made[id] = config;
          return {
            generate: async () => answer(""),
            stream: async function* () {},
            embed: async () => ({ embeddings: [], usage: { inputTokens: { total: 0 } }, response: {} }),
          };
        },
      });
    const env = {
      LLM_MODEL: "chat/m",
      LLM_EMBEDDING_MODEL: "vectors",
      LLM_API_KEY: KEY,
      LLM_BASE_URL: "http://chat.test",
      LLM_API_VERSION: "v1",
      LLM_EMBEDDING_DEPLOYMENT_NAME: "deployed",
      vectors_KEY: "own-key-0123456789",
    };
    const llm = await fromEnv({ env, adapters: [adapter("chat"), adapter("vectors")] });
    await llm.generate({ messages });
    expect(await llm.embed({ values: ["a"] })).toMatchObject({ provider: "vectors", model: "deployed" });
    expect(made).toEqual({
      chat: { apiKey: KEY, baseURL: "http://chat.test", apiVersion: "v1", embeddingDeployment: "deployed" },
      vectors: { apiKey: "own-key-0123456789", apiVersion: "v1", embeddingDeployment: "deployed" },
    });
  });

  it.each([
    ["openai", { "@llmux/openai": named("openai", { embeddingModel: "small" }) }, "openai/small"],
    ["local", { "@llmux/ollama": named("ollama", { embeddingModel: "nomic" }) }, "ollama/nomic"],
    ["azureopenai", { "@llmux/azure": named("azure", { embeddingModel: "ada" }) }, "azure/ada"],
    ["openai/large", { "@llmux/openai": named("openai", { embeddingModel: "small" }) }, "openai/large"],
  ])("understands LLM_EMBEDDING_MODEL=%s, without a chat model too", async (value, packages, expected) => {
    const report = await inspectEnv({ env: { LLM_EMBEDDING_MODEL: value }, import: importerOf(packages) });
    expect(report).toMatchObject({ embeddingModel: expected, model: undefined, faults: [] });
  });

  it("says that an embedding backend has no model of its own", async () => {
    const env = { LLM_EMBEDDING_MODEL: "openai" };
    const { faults } = await inspectEnv({ env, import: importerOf({ "@llmux/openai": named("openai") }) });
    expect(faults).toMatchObject([
      { variable: "LLM_EMBEDDING_MODEL", value: "openai", message: "expected openai/<model>" },
    ]);
  });

  it("reports every fault at once, keys masked", async () => {
    const adapter = named("acme", { required: () => ["apiKey"] });
    const bad = {
      LLM_MODEL: "acme/m",
      LLM_EMBEDDING_MODEL: "nowhere/e",
      LLM_BASE_URL: "ftp://x",
      LLM_NUM_RETRIES: "many",
      LLM_RETRY_MAX_WAIT: "-1",
    };
    const missing = await errorOf(fromEnv({ env: bad, adapters: [adapter], import: importerOf({}) }));
    for (const text of [
      'LLM_NUM_RETRIES is "many": expected a whole number',
      'LLM_RETRY_MAX_WAIT is "-1": expected seconds',
      'LLM_EMBEDDING_MODEL is "nowhere/e": no adapter for the prefix',
      'LLM_BASE_URL is "ftp://x": is not a URL',
      "LLM_API_KEY or ACME_API_KEY is not set: expected an API key",
    ]) {
      expect(missing.message).toContain(text);
    }
    expect(missing.kind).toBe("invalid-request");
    const broken = await errorOf(
      fromEnv({ env: { LLM_MODEL: "acme/m", LLM_API_KEY: `${KEY}\u00a0${KEY}` }, adapters: [adapter] }),
    );
    expect(broken.message).toContain('LLM_API_KEY is "acm***cdef": holds characters that no key has');
    expect(broken.message).not.toContain(KEY);
  });

  it("shows no key that is in the wrong variable, nor a URL's password", async () => {
    const faulty = { LLM_MODEL: "sk-proj-abcdefghijklmnop", LLM_EMBEDDING_MODEL: `${KEY}/m`, ACME_API_KEY: KEY };
    const error = await errorOf(fromEnv({ env: faulty, import: importerOf({}) }));
    expect(error.message).toContain("LLM_MODEL is");
    expect(error.message).not.toMatch(/abcdef/);
    const env = { LLM_MODEL: "acme/m", LLM_API_KEY: KEY, LLM_BASE_URL: "https://me:hunter2@host/v1" };
    const report = await inspectEnv({ env, adapters: [named("acme")] });
    expect(report.config[0]?.settings).toMatchObject([{}, { field: "baseURL", value: "https://me:***@host/v1" }]);
    expect(report.faults).toEqual([]);
  });

  it("knows values that kept their quotation marks", async () => {
    const env = { LLM_MODEL: '"acme/m"', LLM_API_KEY: `'${KEY}'` };
    const { faults } = await inspectEnv({ env, adapters: [named("acme")] });
    expect(faults).toMatchObject([{ variable: "LLM_MODEL", message: "expected prefix/model without quotation marks" }]);
    const key = await inspectEnv({ env: { ...env, LLM_MODEL: "acme/m" }, adapters: [named("acme")] });
    expect(key.faults).toMatchObject([{ variable: "LLM_API_KEY", message: "is in quotation marks, which no key has" }]);
  });

  it("is an authentication error where only a key is missing", async () => {
    const adapter = named("acme", { required: () => ["apiKey"] });
    const error = await errorOf(fromEnv({ env: { LLM_MODEL: "acme/m" }, adapters: [adapter] }));
    expect(error).toMatchObject({
      kind: "authentication",
      message: expect.stringContaining("LLM_API_KEY or ACME_API_KEY"),
    });
  });

  it("wants a model", async () => {
    const error = await errorOf(fromEnv({ env: { LLM_MODEL: " " } }));
    expect(error.message).toContain("LLM_MODEL is not set: expected prefix/model");
    const bare = await errorOf(
      fromEnv({ env: { LLM_MODEL: "openai" }, import: importerOf({ "@llmux/openai": named("openai") }) }),
    );
    expect(bare.message).toContain('LLM_MODEL is "openai": expected openai/<model>');
  });

  it("retries as the environment says, and tells the listener", async () => {
    vi.useFakeTimers();
    try {
      const generate = vi.fn(async () => Promise.reject(failure("overloaded")));
      const onRetry = vi.fn();
      const env = { LLM_MODEL: "acme/m", LLM_NUM_RETRIES: "2", LLM_RETRY_MIN_WAIT: "1", LLM_RETRY_MAX_WAIT: "1" };
      const run = async (options: object): Promise<void> => {
        const llm = await fromEnv({ env, adapters: [fakeAdapter({ generate })], ...options });
        const failed = errorOf(llm.generate({ messages }));
        await vi.runAllTimersAsync();
        expect((await failed).kind).toBe("overloaded");
      };
      await run({ retry: { onRetry } });
      expect(generate).toHaveBeenCalledTimes(3);
      expect(onRetry.mock.calls.map(([{ wait, attempts }]) => [wait, attempts])).toEqual([
        [1000, 3],
        [1000, 3],
      ]);
      generate.mockClear();
      await run({ retry: false });
      expect(generate).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });

  it("describes for a doctor, without throwing", async () => {
    const report = await inspectEnv({ env: { LLM_MODEL: "acme/m", LLM_API_KEY: KEY }, adapters: [named("acme")] });
    expect(report).toMatchObject({ model: "acme/m", faults: [] });
    expect(report.config[0]?.settings).toMatchObject([
      { field: "apiKey", value: "acm***cdef", source: "LLM_API_KEY" },
      { field: "baseURL", value: undefined, source: undefined },
    ]);
    expect(JSON.stringify(report)).not.toContain(KEY);
  });
});

describe("from real folders", () => {
  let app: string;
  const write = (file: string, text: string): void => {
    const path = join(app, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const install = (name: string, code: string, exports: unknown = "./index.js"): void => {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, type: "module", exports }));
    write(`node_modules/${name}/index.js`, code);
  };
  const adapterCode = (id: string): string => `export default {
    id: ${JSON.stringify(id)}, name: "Acme", aliases: [], models: [], env: {}, describe: () => [],
    createBackend: () => ({ provider: "acme", generate: async ({ model }) => ({ text: ${JSON.stringify(`${id}:`)} + model }) }),
  };`;
  const textOf = async (model: string): Promise<string> =>
    (
      await (
        await fromEnv({ env: { LLM_MODEL: model }, from: pathToFileURL(join(app, "main.js")).href })
      ).generate({ messages })
    ).text;

  beforeAll(() => {
    app = realpathSync(mkdtempSync(join(tmpdir(), "llmux-app-")));
    write("main.js", "");
    install("@llmux/official", adapterCode("official"));
    install("llmux-adapter-community", adapterCode("community"));
    install("llmux-adapter-thrower", "throw new Error(\"'llmux-adapter-thrower' can't find its home\");");
    install("llmux-adapter-needy", 'import "acme-sdk"; export default {};');
    install("llmux-adapter-broken", "export default {", "./index.js");
    install("llmux-adapter-empty", "export const adapter = 1;");
    install("llmux-adapter-lost", "", "./gone.js");
  });
  afterAll(() => rmSync(app, { recursive: true }));

  it("imports what the application installed", async () => {
    expect(await textOf("official/m")).toBe("official:m");
    expect(await textOf("community/a/b")).toBe("community:a/b");
  });

  it.each([
    ["thrower", "could not be imported: Error: 'llmux-adapter-thrower' can't find its home"],
    ["needy", "Cannot find package 'acme-sdk'"],
    ["broken", "could not be imported: SyntaxError"],
    ["lost", "could not be imported"],
    ["empty", "has no adapter as its default export"],
    ["missing", "neither @llmux/missing nor llmux-adapter-missing was found"],
  ])("tells what is wrong with %s", async (prefix, message) => {
    const error = await errorOf(textOf(`${prefix}/m`));
    expect(error.message).toContain(message);
    if (prefix !== "missing") expect(error.message).not.toContain("was found");
  });

  describe("where the application does not say where it is", () => {
    const { argv } = process;
    beforeEach(() => {
      process.argv = [...argv];
    });
    afterEach(() => {
      process.argv = argv;
    });

    it("looks from its main script, also through a link", async () => {
      const load = (name: string): Promise<unknown> => importerFrom(undefined)(name);
      await expect(load("llmux-adapter-community")).rejects.toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
      process.argv[1] = join(app, "main.js");
      expect(await load("llmux-adapter-community")).toHaveProperty("default.id", "community");
      const link = join(mkdtempSync(join(tmpdir(), "llmux-link-")), "bin.js");
      symlinkSync(join(app, "main.js"), link);
      process.argv[1] = link;
      expect(await load("@llmux/official")).toHaveProperty("default.id", "official");
      rmSync(dirname(link), { recursive: true });
    });

    it("looks from the working directory, and stands a main script that is not there", async () => {
      process.argv[1] = join(app, "no", "such.js");
      const cwd = vi.spyOn(process, "cwd").mockReturnValue(app);
      expect(await importerFrom(undefined)("llmux-adapter-community")).toHaveProperty("default.id", "community");
      cwd.mockRestore();
    });
  });
});

describe("isNotInstalled", () => {
  it.each([
    [Object.assign(new Error("Cannot find package 'x' imported from /a"), { code: "ERR_MODULE_NOT_FOUND" }), true],
    [Object.assign(new Error("Cannot find module 'x'\nRequire stack:"), { code: "MODULE_NOT_FOUND" }), true],
    [new TypeError("Failed to resolve module specifier 'x'"), true],
    [new TypeError('Relative import path "x" not prefixed with / or ./ or ../'), true],
    [
      Object.assign(new Error("Cannot find package 'y' imported from /node_modules/x/index.js"), {
        code: "ERR_MODULE_NOT_FOUND",
      }),
      false,
    ],
    [new Error("'x' needs a home"), false],
    [Object.assign(new Error("'x'"), { code: "ERR_PACKAGE_PATH_NOT_EXPORTED" }), false],
    [null, false],
    ["x", false],
  ])("%s: %s", (error, expected) => {
    expect(isNotInstalled(error, "x")).toBe(expected);
  });
});
