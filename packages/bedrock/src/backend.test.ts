import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { collect, type LLMBackend } from "@llmux/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bedrock } from "./adapter.js";
import type { BedrockConfig } from "./config.js";
import { clientConfig } from "./connection.js";
import { FetchHandler } from "./fetch-handler.js";
import { parseModel } from "./model-id.js";
import { Asked, errorOf, HI, replyOf } from "./testing/asked.js";
import { encodeFrame } from "./testing/encode-frame.js";

const model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const request = { model, messages: [{ role: "user", content: "Hi" }] } as const;
const pair = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI-secret" };

let asked: Asked;
beforeAll(async () => {
  asked = await Asked.start();
});
afterAll(() => asked.server.stop());
afterEach(() => vi.unstubAllEnvs());

const ask = async (config: BedrockConfig, variables?: Record<string, string>, general?: boolean) => {
  const adapter = bedrock(config);
  const backend = adapter.createBackend(variables && { variables, general });
  await backend.generate(request);
  return asked.last;
};

describe("a model's name", () => {
  const arn = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-v1:0";
  it.each([
    ["anthropic.claude-v2:1", "anthropic.claude-v2:1", undefined, undefined],
    ["converse/us.anthropic.claude-opus-4-6-v1", "us.anthropic.claude-opus-4-6-v1", "converse", undefined],
    ["invoke/amazon.nova-micro-v1:0", "amazon.nova-micro-v1:0", "invoke", undefined],
    ["us-gov-west-1/meta.llama3-v1:0", "meta.llama3-v1:0", undefined, "us-gov-west-1"],
    ["ap-northeast-1/converse/meta.llama3-v1:0", "meta.llama3-v1:0", "converse", "ap-northeast-1"],
    [arn, arn, undefined, "eu-west-1"],
    [`converse/${arn}`, arn, "converse", "eu-west-1"],
    [`nova/${arn}`, arn, undefined, "eu-west-1"],
    ["other/model", "other/model", undefined, undefined],
    ["", "", undefined, undefined],
  ])("%s", (name, id, api, region) => {
    expect(parseModel(name)).toMatchObject({ id, api, region });
  });

  it("reaches the API whole, colons and slashes of an ARN included", async () => {
    await asked.backend.generate({ ...request, model: arn });
    expect(asked.server.requests.at(-1)?.path).toBe(`/model/${encodeURIComponent(arn)}/converse`);
  });

  it("chooses the region that is signed for", async () => {
    const backend = bedrock({ ...pair, region: "us-east-1", baseURL: asked.server.url }).createBackend();
    for (const [name, region] of [
      [model, "us-east-1"],
      [`us-west-2/${model}`, "us-west-2"],
      [arn, "eu-west-1"],
    ] as const) {
      await backend.generate({ ...request, model: name });
      expect(asked.last.headers.authorization).toContain(`/${region}/bedrock/aws4_request`);
    }
  });
});

describe("credentials", () => {
  const place = () => ({ baseURL: asked.server.url, region: "us-east-1" });

  it("are an API key, given or from the environment", async () => {
    expect((await ask({ apiKey: "given", ...place() })).headers.authorization).toBe("Bearer given");
    const variables = { AWS_BEARER_TOKEN_BEDROCK: "from-env", AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s" };
    expect((await ask(place(), variables)).headers.authorization).toBe("Bearer from-env");
    const general = await ask(place(), { ...variables, LLM_API_KEY: "general" }, true);
    expect(general.headers.authorization).toBe("Bearer general");
  });

  it("are keys, with a session token that belongs to them", async () => {
    const variables = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "session" };
    const fromEnv = await ask(place(), variables);
    expect(fromEnv.headers.authorization).toContain("Credential=AKIAENV/");
    expect(fromEnv.headers["x-amz-security-token"]).toBe("session");
    const given = await ask({ ...pair, ...place() }, { ...variables, AWS_BEARER_TOKEN_BEDROCK: "bearer" });
    expect(given.headers.authorization).toContain(`Credential=${pair.accessKeyId}/`);
    expect(given.headers["x-amz-security-token"]).toBeUndefined();
    const temporary = await ask({ ...pair, sessionToken: "mine", ...place() });
    expect(temporary.headers["x-amz-security-token"]).toBe("mine");
  });

  it("are whatever a function gives", async () => {
    const credentials = async () => ({ accessKeyId: "AKIAFUNCTION", secretAccessKey: "s" });
    const { headers } = await ask({ credentials, ...place() }, { AWS_BEARER_TOKEN_BEDROCK: "bearer" });
    expect(headers.authorization).toContain("Credential=AKIAFUNCTION/");
  });

  it("are the SDK's to find where none are given: environment, profile", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAPROCESS");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "s");
    expect((await ask(place())).headers.authorization).toContain("Credential=AKIAPROCESS/");
    vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", "bearer-of-process");
    expect((await ask(place())).headers.authorization).toBe("Bearer bearer-of-process");
    // What is given here comes before a key in the environment that only the SDK sees.
    expect((await ask({ ...pair, ...place() })).headers.authorization).toContain("AWS4-HMAC");
  });

  it("name the profile", async () => {
    const { mkdtempSync, writeFileSync } = await import("node:fs");
    const folder = mkdtempSync("/tmp/llmux-bedrock-");
    writeFileSync(`${folder}/credentials`, "[team]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n");
    writeFileSync(`${folder}/config`, "[profile team]\nregion = eu-north-1\n");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", `${folder}/credentials`);
    vi.stubEnv("AWS_CONFIG_FILE", `${folder}/config`);
    vi.stubEnv("AWS_REGION", undefined);
    const { headers } = await ask({ baseURL: asked.server.url }, { AWS_PROFILE: "team" });
    expect(headers.authorization).toMatch(/Credential=AKIAPROFILE\/\d+\/eu-north-1\//);
    const { headers: given } = await ask(
      { baseURL: asked.server.url, profile: "team" },
      { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "s" },
    );
    expect(given.authorization).toContain("Credential=AKIAPROFILE/");
  });

  it("are masked where they are shown", async () => {
    const variables = {
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMIsecret",
      AWS_REGION: "eu-west-1",
    };
    const shown = JSON.stringify(await bedrock.describe({ variables }));
    expect(shown).not.toContain("wJalrXUtnFEMIsecret");
    expect(shown).not.toContain("AKIAIOSFODNN7EXAMPLE");
    expect(shown).toContain("eu-west-1");
  });
});

describe("a place", () => {
  it.each([
    [{ region: "eu-west-1" }, undefined, "eu-west-1"],
    [{ region: "eu-west-1" }, "us-west-2", "us-west-2"],
    [{ baseURL: "https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com" }, undefined, "us-west-2"],
    [{ baseURL: "http://localhost:1", apiKey: "k" }, undefined, "us-east-1"],
    [{ baseURL: "http://localhost:1" }, undefined, undefined],
  ] as const)("%j, region in the model %s: %s", (config, given, region) => {
    expect(clientConfig(config, given).region).toBe(region);
  });

  it("comes from litellm's variables too", async () => {
    const variables = { AWS_REGION_NAME: "eu-west-3", AWS_BEDROCK_RUNTIME_ENDPOINT: "http://localhost:9/" };
    const shown = await bedrock.describe({ variables });
    expect(shown.find(({ field }) => field === "region")?.value).toBe("eu-west-3");
    expect(shown.find(({ field }) => field === "baseURL")?.value).toBe("http://localhost:9");
  });
});

describe("transport", () => {
  it("sends the caller's headers, which win and are signed", async () => {
    const backend = bedrock({ ...pair, region: "us-east-1", baseURL: asked.server.url }).createBackend();
    await backend.generate({ ...request, headers: { "X-Team": "a", Accept: "application/json" } });
    expect(asked.last.headers).toMatchObject({ "x-team": "a", accept: "application/json" });
    expect(asked.last.headers.authorization).toContain("x-team");
    await backend.generate({ ...request, headers: { Authorization: "Basic abc" } });
    expect(asked.last.headers.authorization).toBe("Basic abc");
  });

  it("goes through a fetch of the application's, or a handler of the SDK's kind", async () => {
    const urls: string[] = [];
    const spy: typeof fetch = (url, init) => {
      urls.push(String(url));
      return fetch(url, init);
    };
    await ask({ apiKey: "k", baseURL: asked.server.url, fetch: spy });
    expect(urls).toEqual([`${asked.server.url}/model/${encodeURIComponent(model)}/converse`]);
    const { NodeHttpHandler } = await import("@smithy/node-http-handler");
    const requestHandler = new NodeHttpHandler();
    const backend = bedrock({ apiKey: "k", baseURL: asked.server.url, requestHandler }).createBackend();
    expect((await backend.generate(request)).text).toBe("Hi");
    asked.server.serve(replyOf({ message: "Busy" }, {}, 503));
    expect((await errorOf(backend.generate(request))).kind).toBe("overloaded");
    asked.server.serve(replyOf(HI));
    requestHandler.destroy();
  });

  it("may be a ready client, which keeps its own settings", async () => {
    const client = new BedrockRuntimeClient({
      region: "eu-central-1",
      credentials: { accessKeyId: "AKIACLIENT", secretAccessKey: "s" },
      endpoint: asked.server.url,
      requestHandler: new FetchHandler() as never,
    });
    const backend = bedrock({ client }).createBackend();
    expect((await backend.generate(request)).text).toBe("Hi");
    expect(asked.last.headers.authorization).toMatch(/AKIACLIENT\/\d+\/eu-central-1/);
    await backend.generate({ ...request, model: `eu-central-1/${model}` });
    const elsewhere = { ...request, model: `us-east-1/${model}` };
    expect(await errorOf(backend.generate(elsewhere))).toMatchObject({ kind: "unsupported" });
  });
});

describe("a stream that is left", () => {
  let slow: Server;
  let closed: Promise<void>;
  let backend: LLMBackend;
  beforeAll(async () => {
    let close: () => void;
    closed = new Promise((resolve) => {
      close = resolve;
    });
    slow = createServer((_, response) => {
      response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
      response.write(encodeFrame({ ":event-type": "messageStart" }, { role: "assistant" }));
      response.write(
        encodeFrame({ ":event-type": "contentBlockDelta" }, { contentBlockIndex: 0, delta: { text: "Hi" } }),
      );
      response.on("close", () => close());
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    backend = bedrock({
      apiKey: "k",
      baseURL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
    }).createBackend();
  });
  afterAll(() => {
    slow.closeAllConnections();
    slow.close();
  });

  it("ends its request", async () => {
    for await (const event of backend.stream(request)) if (event.type === "text-delta") break;
    await closed;
  });

  it("ends with an aborted error where the caller aborts", async () => {
    const controller = new AbortController();
    const watched = async function* () {
      for await (const event of backend.stream({ ...request, signal: controller.signal })) {
        yield event;
        if (event.type === "text-delta") controller.abort();
      }
    };
    expect(await errorOf(collect(watched()))).toMatchObject({ kind: "aborted", partial: { text: "Hi" } });
  });

  it("is aborted while credentials are still sought", async () => {
    const controller = new AbortController();
    const credentials = () => {
      controller.abort();
      return new Promise<never>(() => undefined);
    };
    const seeking = bedrock({ credentials, region: "us-east-1", baseURL: asked.server.url }).createBackend();
    expect((await errorOf(seeking.generate({ ...request, signal: controller.signal }))).kind).toBe("aborted");
  });
});
