import { type Citation, collect, type GenerateRequest, type LLMBackend, type TextPart } from "@llmux/core";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { cohere } from "./index.js";

const printed = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
const request: GenerateRequest = { model: "command-a-03-2025", messages: [{ role: "user", content: "Hello" }] };
const all = recordings("cohere", "cohere.chat");
const streamed = all.filter(({ wire }) => wire === "sse");
const whole = all.filter(({ wire }) => wire === "json");

describe.skipIf(all.length === 0)("recorded traffic", () => {
  let server: ReplayServer;
  let backend: LLMBackend;
  beforeAll(async () => {
    server = await ReplayServer.start();
    backend = cohere({ baseURL: server.url, apiKey: "test-key-123456" }).createBackend();
  });
  afterAll(() => server.stop());
  afterEach(() => {
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  it("is all of it", () => {
    expect(streamed.length + whole.length).toBe(recordings("cohere").length);
  });

  it.each(whole)("$id", async (recording) => {
    server.serve(recording);
    expect(mismatches(await outcomeOf(backend.generate(request)), recording.expected!)).toEqual([]);
    if (recording.response.status === 200) return;
    expect(mismatches(await outcomeOf(backend.stream(request)), { ...recording.expected!, inStream: false })).toEqual(
      [],
    );
  });

  it.each(streamed)("$id, however it is cut into pieces", async (recording) => {
    for (const seed of [undefined, 1, 2, 3, 4, 5]) {
      server.serve(recording, seed === undefined ? {} : { seed });
      const outcome = await outcomeOf(backend.stream(request));
      expect(mismatches(outcome, recording.expected!), `seed ${seed}`).toEqual([]);
    }
  });

  it.each(streamed)("$id: cut at any byte it is an error, or past its end marker the whole", async (recording) => {
    const bytes = wireBytes(recording);
    const text = Buffer.from(bytes).toString();
    const at = text.indexOf('"type":"message-end"');
    const end = Buffer.byteLength(text.slice(0, text.indexOf("\n", at)));
    let sent = bytes;
    // The body is handed over without a socket here: thousands of connections would take minutes and show nothing more.
    const fetch = async (): Promise<Response> =>
      new Response(sent as Uint8Array<ArrayBuffer>, { headers: { "content-type": "text/event-stream" } });
    const offline = cohere({ fetch, apiKey: "test-key-123456" }).createBackend();
    const complete = await outcomeOf(offline.stream(request));
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

  const pick = (id: string): Recording => all.find((recording) => recording.id === id) as Recording;

  it("keeps citations with what they rest on", async () => {
    const recording = pick("cohere__tool-result-turn__02");
    server.serve(recording);
    const { content, text, response, usage } = await backend.generate(request);
    expect(content).toHaveLength(1);
    const { citations } = content[0] as TextPart & { citations: Citation[] };
    expect(citations.map(({ start, end }) => text.slice(start, end))).toEqual(citations.map((one) => one.text));
    expect(citations.map((one) => one.text)).toEqual(["4:20 PM", "sunny with a temperature of 20°C."]);
    expect(citations[0]?.raw).toMatchObject({ sources: [{ type: "tool", id: "get_time_dp3men9jrvhf:0" }] });
    expect(response).toMatchObject({ id: "00f7ec58-cd22-4b62-b068-0e7ece6bbf67", headers: { server: "envoy" } });
    expect(usage.raw).toMatchObject({ billed_units: { input_tokens: 94 } });
  });

  it("sends a tool plan back as one", async () => {
    server.serve(pick("cohere__text-stream__02"));
    const planned = await collect(backend.stream(request));
    server.serve(pick("cohere__text__02"));
    const direct = await backend.generate(request);
    expect(planned.reasoning).toBe(direct.reasoning);
    expect(planned.content[0]).toEqual(direct.content[0]);
    await backend.generate({ ...request, messages: [...request.messages, direct.message] });
    expect(server.requests.at(-1)?.body.messages[1]).toEqual({
      role: "assistant",
      tool_plan: "I will search for the current time and weather in Tokyo.",
      tool_calls: (pick("cohere__text__02").response.body as { message: { tool_calls: unknown[] } }).message.tool_calls,
    });
    expect(server.requests.at(-1)).toMatchObject({
      path: "/v2/chat",
      headers: { authorization: "Bearer test-key-123456" },
    });
  });
});
