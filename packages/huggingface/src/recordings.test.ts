import { collect, type GenerateRequest, type LLMBackend } from "@llmux/core";
import { mismatches, outcomeOf, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { huggingface } from "./index.js";

const printed = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
const request: GenerateRequest = {
  model: "meta-llama/Llama-3.1-8B-Instruct",
  messages: [{ role: "user", content: "Hello" }],
};
const all = recordings("huggingface", "chat");
const streamed = all.filter(({ wire }) => wire === "sse");
const whole = all.filter(({ wire }) => wire === "json");

describe.skipIf(all.length === 0)("recorded traffic", () => {
  let server: ReplayServer;
  let backend: LLMBackend;
  beforeAll(async () => {
    server = await ReplayServer.start();
    backend = huggingface({ baseURL: server.url, apiKey: "hf_test1234567890" }).createBackend();
  });
  afterAll(() => server.stop());
  afterEach(() => {
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  it("is all of it", () => {
    expect(streamed.length + whole.length).toBe(recordings("huggingface").length);
  });

  it.each(whole)("$id", async (recording) => {
    server.serve(recording);
    expect(mismatches(await outcomeOf(backend.generate(request)), recording.expected!)).toEqual([]);
    expect(server.requests.at(-1)).toMatchObject({
      path: "/v1/chat/completions",
      headers: { authorization: "Bearer hf_test1234567890" },
      body: { model: request.model },
    });
  });

  it.each(streamed)("$id, however it is cut into pieces", async (recording) => {
    for (const seed of [undefined, 1, 2, 3, 4, 5]) {
      server.serve(recording, seed === undefined ? {} : { seed });
      const outcome = await outcomeOf(backend.stream(request));
      expect(mismatches(outcome, recording.expected!), `seed ${seed}`).toEqual([]);
    }
  });

  it.each(streamed)("$id: cut at any byte it is an error, or past its end the whole", async (recording) => {
    const bytes = wireBytes(recording);
    const text = Buffer.from(bytes).toString();
    let sent = bytes;
    // The body is handed over without a socket here: thousands of connections would take minutes and show nothing more.
    const fetch = async (): Promise<Response> =>
      new Response(sent as Uint8Array<ArrayBuffer>, { headers: { "content-type": "text/event-stream" } });
    const offline = huggingface({ fetch, apiKey: "hf_test1234567890" }).createBackend();
    const complete = await outcomeOf(offline.stream(request));
    // Whole is what has a finish reason and the usage, whether or not `[DONE]` follows.
    const end = Buffer.byteLength(text.slice(0, text.indexOf("\n", text.indexOf('"usage":', finishAt(text)))));
    for (let length = 0; length < bytes.length; length++) {
      sent = bytes.subarray(0, length);
      const outcome = await outcomeOf(offline.stream(request));
      if (length >= end) expect(outcome, `cut at ${length}`).toEqual(complete);
      else expect(outcome.kind === "error" && outcome.error.kind, `cut at ${length}`).toBe("connection");
    }
  });

  it("broken connections", async () => {
    for (const recording of streamed) {
      const { length } = wireBytes(recording);
      for (const breakAfter of [0, 1, Math.floor(length / 2)]) {
        server.serve(recording, { breakAfter });
        const outcome = await outcomeOf(backend.stream(request));
        expect(outcome.kind === "error" && outcome.error.kind, `${recording.id} after ${breakAfter}`).toBe(
          "connection",
        );
      }
    }
  });

  it("keeps the facts of the exchange", async () => {
    server.serve(all.find(({ id }) => id === "huggingface__reasoning__01")!);
    expect((await backend.generate(request)).response).toMatchObject({
      id: "chatcmpl-4f43tP4oAhXSiVPDdcoCjp",
      model: "deepseek-ai/DeepSeek-R1-0528",
      createdAt: new Date(1755520593000),
      requestId: "Root=1-68a31e4f-780072141deebdec43d640b2",
      headers: { server: "cloudflare" },
    });
    server.serve(all.find(({ id }) => id === "huggingface__text-stream__01")!);
    const { response, usage } = await collect(backend.stream(request));
    expect(response).toMatchObject({ model: "llama3.1-8b", createdAt: new Date(1767213634000) });
    expect(usage.raw).toMatchObject({ total_tokens: 70 });
    expect(server.requests.at(-1)?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });
});

function finishAt(text: string): number {
  return text.search(/"finish_reason":"/);
}
