import { collect, type GenerateRequest, type GenerateResult, type LLMBackend } from "@llmux/core";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { mistral } from "./index.js";

const printed = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
const all = recordings("mistral", "chat");
const streams = all.filter(({ wire }) => wire === "sse");
const whole = all.filter(({ wire }) => wire === "json");
const results = all.filter(({ expected }) => expected?.kind === "result");
const request: GenerateRequest = { model: "mistral-small-latest", messages: [{ role: "user", content: "Hi" }] };

let server: ReplayServer;
let backend: LLMBackend;
beforeAll(async () => {
  // What was printed while the recordings were sought, where there are none, is not the adapter's.
  for (const spy of printed) spy.mockClear();
  server = await ReplayServer.start();
  backend = mistral({ apiKey: "key", baseURL: server.url }).createBackend();
});
afterAll(() => server.stop());
afterEach(() => {
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

const run = ({ wire }: Recording, messages = request.messages) =>
  wire === "sse" ? backend.stream({ ...request, messages }) : backend.generate({ ...request, messages });

/** A result without what says how it came. */
const essence = ({ content, text, toolCalls, finishReason, usage, providerMetadata }: GenerateResult) => ({
  content,
  text,
  toolCalls,
  finishReason,
  usage,
  providerMetadata,
});

describe.skipIf(all.length === 0)("recorded chats, through the SDK and over a socket", () => {
  it.each(all)("$id", async (recording) => {
    server.serve(recording);
    expect(mismatches(await outcomeOf(run(recording)), recording.expected!)).toEqual([]);
  });

  it.each(streams)("$id, however it is cut into pieces", async (recording) => {
    server.serve(recording);
    const complete = await collect(backend.stream(request));
    for (const seed of [1, 2, 3, 4, 5]) {
      server.serve(recording, { seed });
      expect(await collect(backend.stream(request)), `seed ${seed}`).toEqual(complete);
    }
  });

  it.each(whole)("$id: where a stream was asked for", async (recording) => {
    server.serve(recording);
    expect(mismatches(await outcomeOf(backend.stream(request)), recording.expected!)).toEqual([]);
    if (recording.expected?.kind !== "result") return;
    expect(await collect(backend.stream(request))).toEqual(await backend.generate(request));
  });

  it.each(streams)("$id gives what the same as one message gives", async (recording) => {
    server.serve(recording);
    const streamed = await collect(backend.stream(request));
    server.serve({ ...recording, wire: "json", response: { status: 200, body: joined(recording) } });
    const direct = await backend.generate(request);
    expect(essence(streamed)).toEqual(essence(direct));
    const { id, model, createdAt } = direct.response;
    expect(streamed.response).toMatchObject({ id, model, createdAt });
  });

  it.each(results)("$id goes back as history", async (recording) => {
    server.serve(recording);
    const outcome = await outcomeOf(run(recording));
    if (outcome.kind !== "result") throw outcome.error;
    server.serve(recording);
    await outcomeOf(run(recording, [...request.messages, outcome.result.message, ...request.messages]));
    const sent = server.requests.at(-1)?.body.messages[1];
    const said = joined(recording).choices[0].message;
    const parts = typeof said.content === "string" ? said.content : said.content?.map(closed);
    expect(sent.content ?? "").toEqual(parts ?? "");
    expect(sent.tool_calls?.map(({ function: fn }: any) => [fn.name, JSON.parse(fn.arguments)])).toEqual(
      said.tool_calls?.map(({ function: fn }: any) => [fn.name, JSON.parse(fn.arguments)]),
    );
    for (const { id } of sent.tool_calls ?? []) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
  });

  it.each(streams)(
    "$id cut anywhere is an error, or past its end the whole",
    { timeout: 60_000 },
    async (recording) => {
      const bytes = wireBytes(recording);
      let sent = bytes;
      // Without a socket: thousands of connections would take minutes and show nothing more.
      const fetch = async (): Promise<Response> =>
        new Response(sent as Uint8Array<ArrayBuffer>, { headers: { "content-type": "text/event-stream" } });
      const offline = mistral({ apiKey: "key", fetch }).createBackend();
      const complete = await collect(offline.stream(request));
      const end = new TextDecoder().decode(bytes).lastIndexOf("[DONE]") + 6;
      const endByte = new TextEncoder().encode(new TextDecoder().decode(bytes).slice(0, end)).length;
      const step = Math.max(1, Math.floor(bytes.length / 700));
      for (let length = 0; length < bytes.length; length += length > bytes.length - 400 ? 1 : step) {
        sent = bytes.subarray(0, length);
        const outcome = await outcomeOf(offline.stream(request));
        if (length >= endByte) expect(outcome, `cut at ${length}`).toMatchObject({ kind: "result", result: complete });
        else if (outcome.kind === "result") expect.fail(`cut at ${length} of ${bytes.length}, it passes for a result`);
        else expect(outcome.error, `cut at ${length}`).toMatchObject({ kind: "connection", retryable: true });
      }
    },
  );

  it("also where the connection breaks", async () => {
    for (const recording of streams) {
      const { length } = wireBytes(recording);
      for (const breakAfter of [0, 1, length >> 1, length - 20]) {
        server.serve(recording, { breakAfter });
        const outcome = await outcomeOf(backend.stream(request));
        expect(outcome, `${recording.id} broken after ${breakAfter}`).toMatchObject({ error: { kind: "connection" } });
      }
    }
  });
});

describe.skipIf(all.length === 0)("other recordings", () => {
  it.each(recordings("mistral", "embeddings"))("$id", async (recording) => {
    server.serve(recording);
    const { embeddings, usage, response } = await backend.embed!({ model: "mistral-embed", values: ["Ruby is great"] });
    expect(embeddings).toHaveLength(recording.expected!.embeddings!);
    expect(embeddings[0]).toHaveLength(recording.expected!.dimensions!);
    expect(usage.inputTokens.total ?? null).toBe(recording.expected!.usage!.input);
    expect(response).toMatchObject({
      model: "mistral-embed",
      requestId: recording.response.headers?.["mistral-correlation-id"],
    });
  });

  it.each(recordings("mistral", "models"))("$id", async (recording) => {
    server.serve(recording);
    const models = await backend.listModels!();
    const wire = (recording.response.body as { data: any[] }).data;
    expect(models.map(({ id, contextWindow, createdAt }) => [id, contextWindow, createdAt?.getTime()])).toEqual(
      wire.map(({ id, max_context_length, created }) => [id, max_context_length, created * 1000]),
    );
    expect(server.requests.at(-1)).toMatchObject({ method: "GET", path: "/v1/models" });
  });
});

const closed = (chunk: any) => (chunk.type === "thinking" ? { closed: true, ...chunk } : chunk);

/** The completion that a recording holds; a stream's is put together, in the plainest way there is. */
function joined({ response }: Recording): any {
  if (!response.chunks) return response.body;
  const chunks = response.chunks
    .join("")
    .split(/\r?\n\r?\n/)
    .map((event) => event.replace(/^data: /, ""))
    .filter((data) => data.trim() !== "" && data !== "[DONE]")
    .map((data) => JSON.parse(data));
  const thinking: string[] = [];
  const text: string[] = [];
  const calls: any[] = [];
  for (const { choices } of chunks) {
    const { content, tool_calls } = choices[0].delta;
    for (const chunk of typeof content === "string" ? [{ type: "text", text: content }] : (content ?? [])) {
      if (chunk.type === "thinking") thinking.push(...chunk.thinking.map((piece: any) => piece.text));
      else text.push(chunk.text);
    }
    for (const call of tool_calls ?? []) {
      if (call.function.name) calls.push({ ...call, function: { ...call.function } });
      else calls.at(-1).function.arguments += call.function.arguments;
    }
  }
  const last = chunks.at(-1);
  const content = thinking.length
    ? [
        { type: "thinking", thinking: [{ type: "text", text: thinking.join("") }] },
        { type: "text", text: text.join("") },
      ]
    : text.join("");
  const message = { role: "assistant", content, ...(calls.length && { tool_calls: calls }) };
  const { id, created, model } = chunks[0];
  const finish_reason = last.choices[0].finish_reason;
  return {
    id,
    created,
    model,
    object: "chat.completion",
    usage: last.usage,
    choices: [{ index: 0, message, finish_reason }],
  };
}
