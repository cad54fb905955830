import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "./run.js";
import { KEY, startProvider } from "./testing/provider.js";
import { testIO } from "./testing/test-io.js";

const SKY = { match: { userMessage: /sky/ }, response: { content: "It scatters.\nBlue most." } };

describe("one prompt", () => {
  it("prints the answer and nothing else on stdout", async () => {
    await using provider = await startProvider([SKY]);
    const io = testIO(provider.env);
    expect(await run(["Why", "is the sky blue?"], io)).toBe(0);
    expect(io.out).toBe("It scatters.\nBlue most.\n");
    expect(io.err).toBe("");
    expect(provider.conversations()).toEqual([[{ role: "user", content: "Why is the sky blue?" }]]);
  });

  it("adds what is piped in, and the system's instructions", async () => {
    await using provider = await startProvider([{ match: {}, response: { content: "short" } }]);
    const io = testIO(provider.env, { piped: "a long text\n" });
    expect(await run(["--system", "Be brief.", "summarise"], io)).toBe(0);
    expect(io.out).toBe("short\n");
    expect(provider.conversations()[0]?.at(-1)).toEqual({ role: "user", content: "summarise\n\na long text" });
    expect(JSON.stringify(provider.conversations()[0]?.[0])).toContain("Be brief.");
  });

  it("takes the prompt from the pipe alone", async () => {
    await using provider = await startProvider([SKY]);
    const io = testIO(provider.env, { piped: "the sky?" });
    expect(await run([], io)).toBe(0);
    expect(io.out).toBe("It scatters.\nBlue most.\n");
  });

  it("refuses a pipe that is not text, and an empty one before it costs anything", async () => {
    await using provider = await startProvider([SKY]);
    const binary = testIO(provider.env, { piped: "\u0000\u0001" });
    expect(await run(["what is this?"], binary)).toBe(2);
    expect(binary.err).toContain("--image");
    const empty = testIO(provider.env, { piped: "  \n" });
    expect(await run([], empty)).toBe(2);
    expect(empty.err).toMatch(/^usage: there is no prompt/);
    expect(provider.server.getRequests()).toEqual([]);
  });

  it("prints one JSON object with --json", async () => {
    await using provider = await startProvider([SKY]);
    const io = testIO(provider.env);
    expect(await run(["--json", "sky?"], io)).toBe(0);
    const result = JSON.parse(io.out);
    expect(result).toMatchObject({
      text: "It scatters.\nBlue most.",
      toolCalls: [],
      finishReason: { unified: "stop", raw: "stop" },
      usage: { inputTokens: { total: expect.any(Number) }, outputTokens: { total: expect.any(Number) } },
      warnings: [],
      provider: "openai",
      model: "gpt-4o",
      response: { id: expect.any(String) },
    });
    expect(result).not.toHaveProperty("offline");
    expect(result.cost).toMatchObject({ source: "list" });
    expect(result.cost.total).toBeGreaterThan(0);
    expect(io.err).toBe("");
  });

  it("runs the tools of --tools until the model answers", async () => {
    await using provider = await startProvider([
      { match: { hasToolResult: true, toolResultContains: "42" }, response: { content: "It is 42." } },
      {
        match: { userMessage: /6 times 7/ },
        response: { toolCalls: [{ name: "calculate", arguments: '{"left":6,"operator":"*","right":7}' }] },
      },
    ]);
    const io = testIO(provider.env);
    expect(await run(["--tools", "6 times 7?"], io)).toBe(0);
    expect(io.out).toBe("It is 42.\n");
    expect(provider.conversations()[1]?.map(({ role }) => role)).toEqual(["user", "assistant", "tool"]);
  });

  it("gives JSON of a schema", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "llmux-chat-")), "schema.json");
    await writeFile(path, JSON.stringify({ type: "object", properties: { city: { type: "string" } } }));
    await using provider = await startProvider([{ match: {}, response: { content: '{"city": "Lisbon"}' } }]);
    const io = testIO(provider.env);
    expect(await run(["--schema", path, "the capital of Portugal"], io)).toBe(0);
    expect(io.out).toBe('{"city":"Lisbon"}\n');
    const json = testIO(provider.env);
    expect(await run(["--json", "--schema", path, "the capital of Portugal"], json)).toBe(0);
    expect(JSON.parse(json.out).output).toEqual({ city: "Lisbon" });
    const absent = testIO(provider.env);
    expect(await run(["--schema", "/nowhere.json", "x"], absent)).toBe(2);
  });

  it("sends an image", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "llmux-chat-")), "dot.png");
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    await writeFile(path, Buffer.from(png, "base64"));
    await using provider = await startProvider([{ match: {}, response: { content: "A dot." } }]);
    const io = testIO(provider.env);
    expect(await run(["--image", path, "what is this?"], io)).toBe(0);
    expect(JSON.stringify(provider.conversations()[0])).toContain(`data:image/png;base64,${png}`);
  });

  it("tells of a retry on stderr, and answers", async () => {
    await using provider = await startProvider([
      { match: { sequenceIndex: 0 }, response: { error: { message: "slow down" }, status: 429, retryAfter: 0 } },
      SKY,
    ]);
    const io = testIO(provider.env);
    expect(await run(["sky?"], io)).toBe(0);
    expect(io.err).toMatch(/^rate limited by openai, attempt 2 of 9 /);
    expect(io.out).toBe("It scatters.\nBlue most.\n");
  });

  it("stops at Ctrl-C with exit code 130", async () => {
    await using provider = await startProvider([
      { match: {}, response: { content: "word ".repeat(400) }, chunkSize: 5, latency: 50 },
    ]);
    const io = testIO(provider.env);
    const done = run(["tell me"], io);
    await io.seen("word");
    io.interrupt();
    expect(await done).toBe(130);
    expect(io.out).toMatch(/^(word )+\n$/);
  });
});

describe("errors", () => {
  it("are one line on stderr, or JSON with --json, and exit code 1", async () => {
    const refusal = { error: { message: "The model `x` does not exist", code: "model_not_found" }, status: 404 };
    await using provider = await startProvider([{ match: {}, response: refusal }]);
    const io = testIO(provider.env);
    expect(await run(["hello"], io)).toBe(1);
    expect(io.out).toBe("");
    expect(io.err).toMatch(/^not-found: .*does not exist.* → .*\n$/);
    const json = testIO(provider.env);
    expect(await run(["--json", "hello"], json)).toBe(1);
    expect(JSON.parse(json.out).error).toMatchObject({ kind: "not-found", status: 404, retryable: false });
    expect(json.err).toBe("");
  });

  it("of the environment say what is not set", async () => {
    const io = testIO({ LLM_MODEL: "openai/gpt-4o" });
    expect(await run(["hello"], io)).toBe(1);
    expect(io.err).toMatch(/^authentication: .*OPENAI_API_KEY/);
    expect(io.err.trimEnd()).not.toContain("\n");
  });

  it.each([
    [["--bogus"], "--bogus"],
    [["models", "--tools"], "models takes no --tools"],
    [["models", "a", "b"], "one provider"],
    [["doctor", "x"], "no arguments"],
    [["embed"], "texts"],
    [["-i", "hello"], "--interactive"],
    [["--schema", "x", "--tools", "y"], "exclude"],
    [["--image", "/nowhere.png", "x"], "/nowhere.png"],
  ])("of usage: %j gives exit code 2", async (args, words) => {
    const io = testIO();
    expect(await run(args, io)).toBe(2);
    expect(io.err).toMatch(/^usage: /);
    expect(io.err).toContain(words);
    expect(io.out).toBe("");
  });

  it("never show the key", async () => {
    const quote = { error: { message: `Incorrect API key provided: ${KEY}`, code: "invalid_api_key" }, status: 401 };
    await using provider = await startProvider([{ match: {}, response: quote }]);
    for (const args of [["hello"], ["--json", "hello"], ["doctor"], ["doctor", "--json"]]) {
      const io = testIO(provider.env);
      expect(await run(args, io)).toBe(1);
      expect(io.out + io.err).toContain("authentication");
      expect(io.out + io.err).not.toContain(KEY);
    }
  });
});

describe("with nothing set", () => {
  it("the offline provider answers, says so, and says how to use a real one", async () => {
    const io = testIO();
    expect(await run(["hello"], io)).toBe(0);
    expect(io.out).toMatch(/^Hello! I am the offline provider/);
    expect(io.err).toMatch(
      /^LLM_MODEL is not set, so the offline provider answers\. .*LLM_MODEL: ollama\/llama3\.2.*\n$/,
    );
    const json = testIO();
    expect(await run(["--json", "hello"], json)).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({ offline: true, model: "offline" });
    expect(JSON.parse(json.out)).toMatchObject({ warnings: [] });
    expect(JSON.parse(json.out)).not.toHaveProperty("cost");
  });

  it("and nothing to read, it shows a demonstration", async () => {
    for (const io of [testIO(), testIO({}, { piped: "" })]) {
      expect(await run([], io)).toBe(0);
      expect(io.out).toContain("the sky is blue");
      expect(io.err).toContain("Why is the sky blue?");
    }
  });

  it("an Ollama on this machine is named", async () => {
    await using provider = await startProvider([{ match: { model: "llama3.2" }, response: { content: "local" } }]);
    const io = testIO({ OLLAMA_HOST: provider.server.url });
    expect(await run(["hello"], io)).toBe(0);
    expect(io.err).toContain("LLM_MODEL=ollama/llama3.2 uses it");
  });

  it("embeds and lists models too", async () => {
    const embedded = testIO();
    expect(await run(["embed", "one", "two"], embedded)).toBe(0);
    expect(embedded.out).toMatch(/^"one": \d+ dimensions \[.*…\]\n"two": \d+ dimensions \[.*…\]\n$/);
    const listed = testIO();
    expect(await run(["models"], listed)).toBe(0);
    expect(listed.out).toMatch(/^openai\/\S+\n/);
  });
});

describe("models and embed", () => {
  it("list what the provider has, each as LLM_MODEL takes it", async () => {
    await using provider = await startProvider([
      { match: { model: "gpt-4o" }, response: { content: "" } },
      { match: { model: "gpt-4o-mini" }, response: { content: "" } },
    ]);
    const io = testIO(provider.env);
    expect(await run(["models"], io)).toBe(0);
    expect(io.out).toBe("openai/gpt-4o\nopenai/gpt-4o-mini\n");
    const json = testIO(provider.env);
    expect(await run(["models", "openai", "--json"], json)).toBe(0);
    expect(JSON.parse(json.out).map(({ id }: { id: string }) => id)).toContain("openai/gpt-4o-mini");
  });

  it("list another provider's without sending it this one's key", async () => {
    await using other = await startProvider([{ match: { model: "llama3.2" }, response: { content: "" } }]);
    const io = testIO({ LLM_MODEL: "openai/gpt-4o", LLM_API_KEY: KEY, OLLAMA_HOST: other.server.url });
    expect(await run(["models", "ollama"], io)).toBe(0);
    expect(io.out).toBe("ollama/llama3.2\n");
    expect(JSON.stringify(other.server.getRequests())).not.toContain(KEY);
  });

  it("embed whole vectors with --json, from arguments or a pipe", async () => {
    await using provider = await startProvider([
      { match: { inputText: "one", endpoint: "embedding" }, response: { embedding: [0.5, -0.25] } },
    ]);
    const env = { ...provider.env, LLM_EMBEDDING_MODEL: "openai/text-embedding-3-small" };
    const io = testIO(env);
    expect(await run(["embed", "--json", "one"], io)).toBe(0);
    expect(JSON.parse(io.out)).toMatchObject({ embeddings: [[0.5, -0.25]], model: "text-embedding-3-small" });
    const piped = testIO(env, { piped: "one\n" });
    expect(await run(["embed", "--json"], piped)).toBe(0);
    expect(JSON.parse(piped.out).embeddings).toEqual([[0.5, -0.25]]);
  });
});

it("shows its help and version", async () => {
  const help = testIO();
  expect(await run(["--help"], help)).toBe(0);
  for (const word of ["doctor", "--json", "LLM_RETRY_MAX_WAIT", "Exit codes"]) expect(help.out).toContain(word);
  const version = testIO();
  expect(await run(["--version"], version)).toBe(0);
  expect(version.out).toMatch(/^\d+\.\d+\.\d+/);
});
