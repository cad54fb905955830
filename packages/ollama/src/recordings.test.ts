import type { GenerateRequest, LLMBackend } from "@llmux/core";
import { collect } from "@llmux/core";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ollama, type PullProgress, pullModel } from "./index.js";

const printed = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
let server: ReplayServer;
let backend: LLMBackend;

beforeAll(async () => {
  server = await ReplayServer.start();
  backend = ollama({ baseURL: server.url }).createBackend();
});
afterAll(() => server.stop());
afterEach(() => {
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

function requestFor({ api }: Recording): GenerateRequest {
  const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Hello" }] };
  return api === "ollama.generate" ? { ...request, providerOptions: { ollama: { api: "generate" } } } : request;
}

const replies = recordings("ollama", "ollama.chat", "ollama.generate");
const [streamed, whole] = [
  replies.filter(({ wire }) => wire === "ndjson"),
  replies.filter(({ wire }) => wire === "json"),
];

describe("recorded replies", () => {
  it.each(whole)("$id", async (recording) => {
    server.serve(recording);
    expect(mismatches(await outcomeOf(backend.generate(requestFor(recording))), recording.expected!)).toEqual([]);
    // A whole reply is also a stream of one line.
    server.serve(recording);
    expect(mismatches(await outcomeOf(backend.stream!(requestFor(recording))), recording.expected!)).toEqual([]);
  });

  it.each(whole.filter(({ response }) => response.status === 200))(
    "$id: a stream gives what generate gives",
    async (recording) => {
      server.serve(recording);
      const direct = await backend.generate(requestFor(recording));
      expect(await collect(backend.stream(requestFor(recording)))).toEqual(direct);
    },
  );

  it.each(streamed)("$id, however it is cut into pieces", async (recording) => {
    for (const seed of [undefined, 1, 2, 3, 4, 5]) {
      server.serve(recording, seed === undefined ? {} : { seed });
      const outcome = await outcomeOf(backend.stream(requestFor(recording)));
      expect(mismatches(outcome, recording.expected!), `seed ${seed}`).toEqual([]);
    }
  });
});

describe("recordings cut at every byte", () => {
  const cuttable = replies.filter(({ response }) => response.status === 200);

  it.each(cuttable)("$id", { timeout: 60_000 }, async (recording) => {
    const bytes = wireBytes(recording);
    const request = requestFor(recording);
    const answer = { bytes, headers: { "content-type": "application/json" } };
    // The body is handed over without a socket here: thousands of connections would take minutes and show nothing more.
    const fetch = async (): Promise<Response> =>
      new Response(answer.bytes as Uint8Array<ArrayBuffer>, { headers: answer.headers });
    const offline = ollama({ fetch }).createBackend();
    const complete = await outcomeOf(offline.stream(request));
    const text = new TextDecoder().decode(bytes);
    const end = new TextEncoder().encode(text.trimEnd()).length;
    for (let length = 0; length < bytes.length; length++) {
      answer.bytes = bytes.subarray(0, length);
      const outcome = await outcomeOf(offline.stream(request));
      if (length >= end) expect(outcome).toEqual(complete);
      else if (outcome.kind === "result")
        expect.fail(`cut at ${length} of ${bytes.length}, the stream passes for a result`);
      // Always retryable: a cut is the connection's fault. (A cut inside the recorded error is one too.)
      else expect(outcome.error.kind, `cut at ${length}`).toBe("connection");
      if (recording.wire === "json") {
        const direct = await outcomeOf(offline.generate(request));
        if (length < end) expect(direct.kind, `cut at ${length}`).toBe("error");
      }
    }
  });

  it("also where the connection breaks", async () => {
    for (const recording of streamed) {
      const { length } = wireBytes(recording);
      for (const breakAfter of [0, 1, Math.floor(length / 2), length - 2]) {
        server.serve(recording, { breakAfter });
        const outcome = await outcomeOf(backend.stream(requestFor(recording)));
        expect(outcome.kind, `${recording.id} broken after ${breakAfter}`).toBe("error");
      }
      server.serve(recording, { breakAfter: length });
      const outcome = await outcomeOf(backend.stream(requestFor(recording)));
      expect(mismatches(outcome, recording.expected!), `${recording.id} broken past its end`).toEqual([]);
    }
  });
});

describe("other recordings", () => {
  it.each(recordings("ollama", "ollama.embed", "embeddings"))("$id", async (recording) => {
    server.serve(recording);
    const { embeddings, usage } = await backend.embed!({ model: "m", values: ["Why is the sky blue?"] });
    expect(embeddings).toHaveLength(recording.expected!.embeddings!);
    expect(embeddings[0]).toBeInstanceOf(Float32Array);
    expect(embeddings[0]).toHaveLength(recording.expected!.dimensions!);
    expect(usage.inputTokens.total ?? null).toBe(recording.expected!.usage!.input);
  });

  it.each(recordings("ollama", "ollama.tags"))("$id: lists the models", async (recording) => {
    server.serve(recording);
    const models = await backend.listModels!();
    const expected = (recording.response.body as { models: { name: string; modified_at: string }[] }).models;
    expect(models.map(({ id, createdAt }) => [id, createdAt?.getTime()])).toEqual(
      expected.map(({ name, modified_at }) => [name, Date.parse(modified_at)]),
    );
  });

  it.each(recordings("ollama", "ollama.pull"))("$id: pulls with progress", async (recording) => {
    for (const seed of [1, 2, 3]) {
      server.serve(recording, { seed });
      const seen: PullProgress[] = [];
      await pullModel("gemma3:1b", { baseURL: server.url, onProgress: (progress) => seen.push(progress) });
      expect(seen.map(({ status }) => status)).toEqual(
        recording.response.chunks!.map((line) => (JSON.parse(line) as { status: string }).status),
      );
      expect(seen[1]).toMatchObject({ percent: 100, total: 815310432, completed: 815310432 });
      expect(server.requests.at(-1)).toMatchObject({ path: "/api/pull", body: { name: "gemma3:1b", stream: true } });
    }
    const bytes = wireBytes(recording).length;
    server.serve(recording, { endAfter: bytes - 30 });
    await expect(pullModel("gemma3:1b", { baseURL: server.url })).rejects.toMatchObject({ kind: "connection" });
  });
});
