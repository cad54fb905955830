import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createLLM, type GenerateRequest } from "@llmux/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostAdapter, HostRow } from "./index.js";
import hosts, * as all from "./index.js";

let server: Server;
let origin: string;
let asked: { path: string; headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];
let answer: object = {};
/** Requests to the hosts themselves, with all but the origin as it is, end here. */
const fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const { pathname, search, host } = new URL(String(url));
  return globalThis.fetch(origin + pathname + search, {
    ...init,
    headers: { ...Object.fromEntries(new Headers(init?.headers)), "x-asked-host": host },
  });
};

const completion = { id: "c", choices: [{ message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }] };
const embeddings = { data: [{ index: 0, embedding: [0.5, 0.25] }], usage: { prompt_tokens: 1 } };

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (piece: Buffer) => (text += piece.toString()));
    request.on("end", () => {
      const { url: path = "", headers } = request;
      asked.push({ path, headers, body: text.startsWith("{") ? JSON.parse(text) : {} });
      const binary = answer instanceof Uint8Array;
      response
        .writeHead(200, { "content-type": binary ? "audio/mpeg" : "application/json" })
        .end(binary ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const adapters = Object.values(all as unknown as Record<string, HostAdapter>).filter(
  (value) => typeof value === "function" && (value as Partial<HostAdapter>).row !== undefined,
);
const rows = adapters.map((adapter) => [adapter.row.id, adapter, adapter.row as HostRow] as const);
const key = "test-key-0123456789";
/** What IBM's IAM would give for a key; the exchange is tested on its own. */
const token = "eyJtest.token.0123456789";

/** The environment that the host's own document asks for. */
function environment(row: HostRow): Record<string, string> {
  const variables: Record<string, string> = { [row.keyVariables[0] as string]: row.auth ? token : key };
  for (const [name, setting] of Object.entries(row.settings ?? {}))
    variables[setting.variables[0] as string] = `my-${name}`;
  if (!row.baseURL) variables[row.baseURLVariables?.[0] as string] = "https://api.example.com/v1";
  return variables;
}

function whereOf(row: HostRow): URL {
  const filled = (row.baseURL ?? "https://api.example.com/v1").replace(/\{(\w+)\}/g, (_, name) => `my-${name}`);
  return new URL(filled);
}

const messages = [{ role: "user" as const, content: "Hello" }];

describe("each host, from its environment, over a socket", () => {
  it("is in the list", () => {
    expect(rows.map(([id]) => id).sort()).toEqual(hosts.map(({ id }) => id).sort());
  });

  it.each(rows)("%s is asked where its document says, with its key and its fields", async (_, adapter, row) => {
    const backend = (adapter as HostAdapter)({ fetch }).createBackend({ variables: environment(row) });
    const { host, pathname } = whereOf(row);
    asked = [];
    answer = completion;
    const model = row.model ? "a" : "vendor/model";
    const { text, provider } = await backend.generate({ model, messages, maxTokens: 5, temperature: 0 });
    expect([text, provider]).toEqual(["Hi", row.id]);
    expect(asked).toHaveLength(1);
    const { path, headers, body } = asked[0]!;
    expect(headers["x-asked-host"]).toBe(host);
    expect(path).toBe(`${pathname.replace(/\/$/, "")}/chat/completions`);
    expect(headers.authorization).toBe(`Bearer ${row.auth ? token : key}`);
    expect(body).toEqual({
      model: row.model ? "a".replace(...row.model) : "vendor/model",
      messages,
      [row.wire?.maxTokens ?? "max_tokens"]: 5,
      temperature: 0,
    });
    for (const call of ["embed", "listModels", "rerank", "transcribe", "speak", "generateImage", "moderate"] as const)
      expect(typeof backend[call], call).toBe(row.calls.includes(call) ? "function" : "undefined");
    if (row.calls.includes("embed")) {
      answer = embeddings;
      const result = await backend.embed!({ model: row.embeddingModel ?? "m", values: ["a"] });
      expect(result.embeddings).toEqual([Float32Array.of(0.5, 0.25)]);
      expect(asked.at(-1)?.path).toBe(`${pathname.replace(/\/$/, "")}/embeddings`);
    }
    if (row.calls.includes("rerank")) {
      answer = { results: [{ index: 0, relevance_score: 0.5 }] };
      const { ranking } = await backend.rerank!({ model: "m", query: "q", documents: ["a"] });
      expect(ranking).toEqual([{ index: 0, score: 0.5 }]);
      expect(asked.at(-1)?.path).toBe(`${pathname.replace(/\/$/, "")}/rerank`);
    }
    if (row.responses) {
      answer = {
        id: "r",
        status: "completed",
        output: [{ type: "message", content: [{ type: "output_text", text: "Yo" }] }],
      };
      const request: GenerateRequest = { model, messages, providerOptions: { [row.id]: { api: "responses" } } };
      expect((await backend.generate(request)).text).toBe("Yo");
      expect(asked.at(-1)?.path).toBe(`${pathname.replace(/\/$/, "")}/responses`);
    }
  });

  const others = rows.filter(([, , { calls }]) =>
    ["transcribe", "speak", "generateImage"].some((call) => calls.includes(call as "speak")),
  );
  it.each(others)("%s hears, speaks and draws as far as it can", async (_, adapter, row) => {
    const backend = (adapter as HostAdapter)({ fetch }).createBackend({ variables: environment(row) });
    const base = whereOf(row).pathname;
    if (backend.transcribe) {
      answer = { text: "Hello" };
      const { text } = await backend.transcribe({ model: "m", audio: Uint8Array.of(1, 2), mediaType: "audio/wav" });
      expect(text).toBe("Hello");
      expect(asked.at(-1)?.path).toBe(`${base}/audio/transcriptions`);
    }
    if (backend.speak) {
      answer = Uint8Array.of(1, 2, 3);
      expect((await backend.speak({ model: "m", text: "Hello", voice: "v" })).audio.length).toBe(3);
      expect([asked.at(-1)?.path, asked.at(-1)?.body.input]).toEqual([`${base}/audio/speech`, "Hello"]);
    }
    if (backend.generateImage) {
      answer = { data: [{ b64_json: "iVBORw0KGgo=" }] };
      const { images } = await backend.generateImage({ model: "m", prompt: "A cat" });
      expect([images.length, asked.at(-1)?.path]).toEqual([1, `${base}/images/generations`]);
    }
  });

  it.each(rows.filter(([, , row]) => !row.keyless))("%s says which variable it lacks", (_, adapter, row) => {
    expect(() => adapter.createBackend({ variables: {} })).toThrow(new RegExp(row.keyVariables[0] as string));
  });

  it.each(rows.filter(([, , row]) => row.keyless && row.baseURL))(
    "%s needs no key, and sends none",
    async (_, adapter) => {
      asked = [];
      answer = completion;
      await (adapter as HostAdapter)({ fetch }).createBackend({ variables: {} }).generate({ model: "m", messages });
      expect(asked[0]?.headers.authorization).toBeUndefined();
    },
  );

  it.each(rows)("%s goes to another URL where it is told to", async (_, adapter, row) => {
    asked = [];
    answer = completion;
    const variables = { LLM_BASE_URL: `${origin}/proxy/v1`, LLM_API_KEY: row.auth ? token : key };
    await adapter.createBackend({ variables, general: true }).generate({ model: "m", messages });
    expect(asked.map(({ path }) => path)).toEqual(["/proxy/v1/chat/completions"]);
    expect(row.id).toBe(adapter.id);
  });
});

describe("a base URL", () => {
  const path = async (adapter: HostAdapter, baseURL: string): Promise<string | undefined> => {
    asked = [];
    answer = completion;
    await adapter({ baseURL, apiKey: key }).createBackend().generate({ model: "m", messages });
    return asked[0]?.path;
  };

  it("of a local server without a path gets that of its kind", async () => {
    expect(await path(all.vllm, origin)).toBe("/v1/chat/completions");
    expect(await path(all.dockerModelRunner, `${origin}/`)).toBe("/engines/v1/chat/completions");
    expect(await path(all.vllm, `${origin}/my/path`)).toBe("/my/path/chat/completions");
  });

  it("of watsonx is that of an instance, as litellm has it", async () => {
    asked = [];
    const variables = { WATSONX_URL: origin, WATSONX_TOKEN: token };
    await all.watsonx.createBackend({ variables }).generate({ model: "m", messages });
    expect(asked[0]?.path).toBe("/ml/gateway/v1/chat/completions");
  });

  it("of a host is taken as it is", async () => {
    expect(await path(all.groq, origin)).toBe("/chat/completions");
  });

  it("may be that of an operation", async () => {
    expect(await path(all.openaiCompatible, `${origin}/v1/chat/completions`)).toBe("/v1/chat/completions");
    expect(await path(all.openaiCompatible, `${origin}/v1/embeddings/`)).toBe("/v1/chat/completions");
  });

  it("is made of settings, whether they come with a scheme or without", async () => {
    asked = [];
    answer = completion;
    for (const host of ["https://dbc-1.cloud.databricks.com/", "dbc-1.cloud.databricks.com"])
      await all.databricks({ host, apiKey: key, fetch }).createBackend().generate({ model: "m", messages });
    expect(asked.map(({ headers, path }) => [headers["x-asked-host"], path])).toEqual([
      ["dbc-1.cloud.databricks.com", "/serving-endpoints/chat/completions"],
      ["dbc-1.cloud.databricks.com", "/serving-endpoints/chat/completions"],
    ]);
  });

  it("that needs an account says which", () => {
    const variables = { CLOUDFLARE_API_KEY: key };
    expect(() => all.cloudflare.createBackend({ variables })).toThrow(
      /CLOUDFLARE_ACCOUNT_ID.*the id of a Cloudflare account/,
    );
    expect(() => all.openaiCompatible.createBackend({ variables: {} })).toThrow(/OPENAI_LIKE_API_BASE.*is not set/);
  });
});

describe("names of models as litellm has them", () => {
  it.each([
    [all.fireworks, "llama-v3p3-70b-instruct", "accounts/fireworks/models/llama-v3p3-70b-instruct"],
    [all.fireworks, "accounts/me/models/mine", "accounts/me/models/mine"],
    [
      all.fireworks,
      "accounts/fireworks/models/m#accounts/me/deployments/d",
      "accounts/fireworks/models/m#accounts/me/deployments/d",
    ],
    [all.huggingface, "together/deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-R1:together"],
    [all.huggingface, "deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-R1"],
    [all.openrouter, "anthropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4.5"],
  ])("%#: %s", async (adapter, model, sent) => {
    asked = [];
    answer = completion;
    const llm = createLLM({ adapters: [(adapter as HostAdapter)({ apiKey: key, fetch })] });
    await llm.generate({ model: `${(adapter as HostAdapter).id}/${model}`, messages });
    expect(asked[0]?.body.model).toBe(sent);
  });
});

describe("a local server that is not running", () => {
  it("is said to be so, and where it was looked for", async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
    const baseURL = `http://127.0.0.1:${(free.address() as AddressInfo).port}/v1`;
    await new Promise((resolve) => free.close(resolve));
    const backend = all.lmStudio({ baseURL }).createBackend();
    await expect(backend.generate({ model: "m", messages })).rejects.toMatchObject({
      kind: "connection",
      message: expect.stringMatching(new RegExp(`${baseURL}/chat/completions.*Is LM Studio running at ${baseURL}\\?`)),
    });
  });
});
