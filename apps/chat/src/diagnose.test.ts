import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { type Check, type Diagnosis, diagnose, nearNames } from "./diagnose.js";
import { run } from "./run.js";
import { KEY, startProvider } from "./testing/provider.js";
import { testIO } from "./testing/test-io.js";

const nowhere = { OLLAMA_HOST: "127.0.0.1:9" };
const answers = [{ match: { model: "gpt-4o" }, response: { content: "OK." } }];

function check({ checks }: Diagnosis, what: string): Check | undefined {
  return checks.find((candidate) => candidate.what === what);
}

/** A loopback port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("the doctor", () => {
  it("finds that all is well", async () => {
    await using provider = await startProvider(answers);
    const env = { ...provider.env, LLM_EMBEDDING_MODEL: "openai/text-embedding-3-small" };
    const diagnosis = await diagnose(env);
    expect(diagnosis.checks.map(({ what, state }) => [what, state])).toEqual([
      ["settings", "ok"],
      ["provider", "ok"],
      ["model", "ok"],
      ["embeddings", "ok"],
    ]);
    expect(diagnosis.ok).toBe(true);
    expect(check(diagnosis, "provider")?.message).toMatch(/^reached in [\d.]+ m?s; it lists 1 model$/);
    expect(check(diagnosis, "embeddings")?.message).toMatch(/gave \d+ dimensions in/);
  });

  it("shows each setting, what it came from, and no key", async () => {
    await using provider = await startProvider(answers);
    const io = testIO(provider.env);
    expect(await run(["doctor"], io)).toBe(0);
    expect(io.out).toMatch(/LLM_MODEL +openai\/gpt-4o\n/);
    expect(io.out).toMatch(/LLM_API_KEY +sk-\*\*\*ghij\n/);
    expect(io.out).toMatch(/apiKey +sk-\*\*\*ghij from LLM_API_KEY\n/);
    expect(io.out).toMatch(/LLM_NUM_RETRIES +not set: 8\n/);
    expect(io.out).toContain("All is well.");
    const json = testIO(provider.env);
    expect(await run(["doctor", "--json"], json)).toBe(0);
    expect(JSON.parse(json.out).ok).toBe(true);
    expect(io.out + io.err + json.out + json.err).not.toContain(KEY);
  });

  it("with nothing set says where to begin", async () => {
    const diagnosis = await diagnose(nowhere);
    expect(diagnosis.ok).toBe(false);
    expect(check(diagnosis, "settings")).toMatchObject({
      state: "failed",
      advice: expect.stringContaining("LLM_MODEL=ollama/"),
    });
    const keyed = await diagnose({ ...nowhere, ANTHROPIC_API_KEY: KEY });
    expect(check(keyed, "settings")?.advice).toContain("LLM_MODEL=anthropic/<model>");
    await using local = await startProvider([{ match: { model: "llama3.2" }, response: { content: "" } }]);
    const found = await diagnose({ OLLAMA_HOST: local.server.url });
    expect(check(found, "settings")?.advice).toContain("LLM_MODEL=ollama/llama3.2");
  });

  it("names every fault of the settings at once", async () => {
    const { checks } = await diagnose({ LLM_MODEL: "openai/gpt-4o", LLM_NUM_RETRIES: "many" });
    const failed = checks.map(({ message }) => message).join("\n");
    expect(failed).toContain('LLM_NUM_RETRIES is "many"');
    expect(failed).toContain("LLM_API_KEY or OPENAI_API_KEY is not set");
  });

  it("knows a bare name for a model of the Ollama on this machine", async () => {
    await using local = await startProvider([{ match: { model: "llama3.2" }, response: { content: "" } }]);
    const diagnosis = await diagnose({ LLM_MODEL: "llama3.2", OLLAMA_HOST: local.server.url });
    expect(check(diagnosis, "settings")?.advice).toBe("did you mean ollama/llama3.2?");
  });

  it("tells a refused key, by the variable that holds it", async () => {
    const refusal = { error: { message: `Incorrect API key provided: ${KEY}`, code: "invalid_api_key" }, status: 401 };
    await using provider = await startProvider([{ match: {}, response: refusal }]);
    const diagnosis = await diagnose(provider.env);
    expect(check(diagnosis, "model")).toMatchObject({
      state: "failed",
      message: expect.stringMatching(/^authentication: /),
      advice: expect.stringMatching(/^the key in LLM_API_KEY \(sk-\*\*\*ghij\) was refused/),
    });
    expect(JSON.stringify(diagnosis)).not.toContain(KEY);
  });

  it("tells a server that is not running", async () => {
    const address = `127.0.0.1:${await closedPort()}`;
    const ollama = await diagnose({ LLM_MODEL: "ollama/llama3.2", LLM_BASE_URL: `http://${address}` });
    expect(check(ollama, "provider")).toMatchObject({ state: "failed", message: expect.stringContaining(address) });
    expect(check(ollama, "provider")?.advice).toContain("ollama serve");
    const openai = await diagnose({ LLM_MODEL: "openai/x", LLM_API_KEY: KEY, LLM_BASE_URL: `http://${address}/v1` });
    expect(check(openai, "provider")?.message).toMatch(/^connection: /);
    expect(check(openai, "provider")?.advice).toContain(`LLM_BASE_URL says http://${address}/v1`);
  });

  it("tells a wrong address", async () => {
    await using provider = await startProvider([]);
    const env = { ...provider.env, LLM_BASE_URL: `${provider.server.url}/wrong/path` };
    const diagnosis = await diagnose(env);
    expect(diagnosis.ok).toBe(false);
    expect(check(diagnosis, "model")?.advice).toContain(`LLM_BASE_URL says ${env.LLM_BASE_URL}`);
  });

  it("tells a model that is not there, and those that were probably meant", async () => {
    const missing = { error: { message: "The model `gpt-4oo` does not exist", code: "model_not_found" }, status: 404 };
    await using provider = await startProvider([
      { match: { model: "gpt-4oo" }, response: missing },
      { match: { model: "gpt-4o" }, response: { content: "" } },
      { match: { model: "davinci-002" }, response: { content: "" } },
    ]);
    const diagnosis = await diagnose({ ...provider.env, LLM_MODEL: "openai/gpt-4oo" });
    expect(check(diagnosis, "provider")?.state).toBe("ok");
    expect(check(diagnosis, "model")?.message).toMatch(/^not-found: /);
    expect(check(diagnosis, "model")?.advice).toMatch(/^did you mean .*openai\/gpt-4o\b/);
    expect(check(diagnosis, "model")?.advice).not.toContain("davinci");
  });

  it("tells what is wrong with embeddings", async () => {
    const missing = { error: { message: "no such model", code: "model_not_found" }, status: 404 };
    await using provider = await startProvider([
      { match: { model: "embed-x", endpoint: "embedding" }, response: missing },
      ...answers,
    ]);
    const diagnosis = await diagnose({ ...provider.env, LLM_EMBEDDING_MODEL: "openai/embed-x" });
    expect(check(diagnosis, "model")?.state).toBe("ok");
    expect(check(diagnosis, "embeddings")).toMatchObject({
      state: "failed",
      message: expect.stringMatching(/^not-found: /),
    });
  });

  it("does not wait for a failure to pass", async () => {
    await using provider = await startProvider([
      { match: {}, response: { error: { message: "slow down" }, status: 429, retryAfter: 3600 } },
    ]);
    const diagnosis = await diagnose({ ...provider.env, LLM_RETRY_MAX_WAIT: "7200" });
    expect(check(diagnosis, "model")?.message).toMatch(/^rate-limit: /);
    expect(provider.conversations()).toHaveLength(1);
  });
});

it("finds near names, and no far ones", () => {
  const all = ["llama3.2:latest", "llama3.1:8b", "qwen3:4b", "nomic-embed-text"];
  expect(nearNames("llama3.2", all)[0]).toBe("llama3.2:latest");
  expect(nearNames("lama3.1:8b", all)[0]).toBe("llama3.1:8b");
  expect(nearNames("mistral", all)).toEqual([]);
});
