import { collect, type GenerateRequest, type GenerateResult, type LLMBackend } from "@llmux/core";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { gemini, vertexAI } from "./index.js";

const printed = (["log", "warn", "error", "info"] as const).map((name) => vi.spyOn(console, name));
const CONTENT = ["generateContent", "streamGenerateContent"];
const onGemini = [...recordings("gemini", ...CONTENT), ...recordings("openai-compatible", ...CONTENT)];
const onVertex = recordings("vertex", ...CONTENT);
const claude = recordings("vertex", "rawPredict", "streamRawPredict");
const google = [...onGemini, ...onVertex];
const all = [...google, ...claude];
const named = (list: readonly Recording[]) => list.map((recording) => [recording.id, recording] as const);
const isStream = ({ api }: Recording): boolean => api.startsWith("stream");
const gives = (kind: string) => (recording: Recording) => recording.expected?.kind === kind;

let server: ReplayServer;
let backends: { gemini: LLMBackend; vertex: LLMBackend };
beforeAll(async () => {
  server = await ReplayServer.start();
  const vertex = vertexAI({ project: "p", location: "us-east5", accessToken: "ya29.test", baseURL: server.url });
  backends = {
    gemini: gemini({ apiKey: "test-key", baseURL: server.url }).createBackend(),
    vertex: vertex.createBackend(),
  };
});
afterAll(() => server.stop());
afterEach(() => {
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

const backendFor = ({ provider }: Recording): LLMBackend => backends[provider === "vertex" ? "vertex" : "gemini"];
const requestFor = ({ api }: Recording): GenerateRequest => ({
  model: /raw/i.test(api) ? "claude-3-7-sonnet@20250219" : "gemini-3-flash-preview",
  messages: [{ role: "user", content: "Hi" }],
});

function run(recording: Recording, request: GenerateRequest = requestFor(recording)) {
  const backend = backendFor(recording);
  return isStream(recording) ? backend.stream(request) : backend.generate(request);
}

/** A result without what says how it came. */
const essence = ({ content, finishReason, usage, providerMetadata }: GenerateResult) => ({
  content,
  finishReason,
  usage,
  providerMetadata,
});

describe.skipIf(all.length === 0)("recorded traffic, through the SDK and over a socket", () => {
  it.each(named(all))("%s", async (_, recording) => {
    server.serve(recording);
    const outcome = await outcomeOf(run(recording));
    expect(mismatches(outcome, recording.expected as never)).toEqual([]);
  });

  it.each(named(all.filter(isStream)))("%s, cut at random", async (_, recording) => {
    // A megabyte of picture in pieces of a few dozen bytes takes seconds and shows nothing more.
    if (wireBytes(recording).length > 200_000) return;
    server.serve(recording);
    const whole = await outcomeOf(run(recording));
    for (const seed of [1, 2]) {
      server.serve(recording, { seed });
      const cut = await outcomeOf(run(recording));
      expect(cut.kind).toBe(whole.kind);
      if (cut.kind === "result" && whole.kind === "result") expect(essence(cut.result)).toEqual(essence(whole.result));
      else expect(mismatches(cut, recording.expected as never)).toEqual([]);
    }
  });

  it.each(named(google.filter((one) => !isStream(one)).filter(gives("result"))))(
    "%s: streamed in one piece it is the same",
    async (_, recording) => {
      server.serve(recording);
      const whole = await backendFor(recording).generate(requestFor(recording));
      const chunks = [`data: ${JSON.stringify(recording.response.body)}\r\n\r\n`];
      server.serve({ ...recording, wire: "sse", response: { status: 200, headers: {}, chunks } });
      const streamed = await collect(backendFor(recording).stream(requestFor(recording)));
      expect(essence(streamed)).toEqual(essence(whole));
      const { headers: _headers, ...facts } = whole.response;
      expect(streamed.response).toMatchObject(facts);
    },
  );

  it.each(named(google.filter(isStream).filter(gives("result"))))(
    "%s: the pieces in a list, without alt=sse, are the same",
    async (_, recording) => {
      server.serve(recording);
      const streamed = await collect(backendFor(recording).stream(requestFor(recording)));
      server.serve({ ...recording, wire: "json", response: { status: 200, body: piecesOf(recording) } });
      const list = await collect(backendFor(recording).stream(requestFor(recording)));
      expect(essence(list)).toEqual(essence(streamed));
      const whole = await backendFor(recording).generate(requestFor(recording));
      expect(essence(whole)).toEqual(essence(streamed));
    },
  );

  it.each(named(google.filter(gives("result"))))("%s goes back as it came", async (_, recording) => {
    server.serve(recording);
    const outcome = await outcomeOf(run(recording));
    if (outcome.kind !== "result") throw outcome.error;
    const { message } = outcome.result;
    const request = requestFor(recording);
    // Of a model that puts nothing in the place of signatures that are not there.
    await outcomeOf(
      run(recording, { ...request, model: "gemini-2.5-flash", messages: [...request.messages, message] }),
    );
    const turns = server.requests.at(-1)?.body.contents.filter(({ role }: { role: string }) => role === "model");
    expect(turns[0]?.parts ?? []).toEqual(sentParts(recording));
  });
});

/** The pieces of a recorded answer. */
function piecesOf({ response }: Recording): any[] {
  if (response.chunks === undefined) return Array.isArray(response.body) ? response.body : [response.body];
  return response.chunks
    .join("")
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => JSON.parse(line.slice(5)));
}

/** The parts of a recorded answer as the API wants them back, put together without the adapter's help. */
function sentParts(recording: Recording): unknown[] {
  const parts: any[] = [];
  for (const piece of piecesOf(recording)) {
    for (const part of piece.candidates?.[0]?.content?.parts ?? []) {
      const before = parts.at(-1);
      const { functionCall: call } = part;
      if (part.text === "" && !part.thoughtSignature) continue;
      const plain = part.text !== undefined && !part.thoughtSignature;
      if (plain && before?.text && !before.thoughtSignature && before.thought === part.thought)
        before.text += part.text;
      else if (call && call.name === undefined) {
        for (const { jsonPath, stringValue, numberValue } of call.partialArgs ?? []) {
          const name = jsonPath.slice(2);
          const { args } = before.functionCall;
          args[name] = stringValue === undefined ? numberValue : (args[name] ?? "") + stringValue;
        }
      } else if (call) {
        const { name, args = {}, id } = call;
        parts.push({ ...part, functionCall: { name, args, ...(id && { id }) } });
      } else parts.push({ ...part });
    }
  }
  return parts;
}

describe.skipIf(all.length === 0)("other calls, as recorded", () => {
  it.each(named(recordings("gemini", "batchEmbed")))("%s", async (_, recording) => {
    server.serve(recording);
    const { embeddings, usage } = await backends.gemini.embed!({
      model: "gemini-embedding-001",
      values: ["Ruby is a programmer's best friend"],
      dimensions: 768,
    });
    expect(server.requests.at(-1)).toMatchObject({
      path: recording.request.path,
      body: recording.request.body,
    });
    expect(embeddings).toHaveLength(recording.expected!.embeddings!);
    expect(embeddings[0]).toHaveLength(recording.expected!.dimensions!);
    expect(usage.inputTokens.total ?? null).toBe(recording.expected!.usage!.input);
  });

  it.each(named(recordings("vertex", "embedContent")))("%s", async (_, recording) => {
    server.serve(recording);
    const values = ["task: question answering | query: Hello, world!"];
    const { embeddings, usage } = await backends.vertex.embed!({ model: "gemini-embedding-2", values });
    expect(server.requests.at(-1)?.body).toEqual(recording.request.body);
    expect(embeddings).toHaveLength(recording.expected!.embeddings!);
    expect(embeddings[0]).toHaveLength(recording.expected!.dimensions!);
    expect(usage.inputTokens.total ?? null).toBe(recording.expected!.usage!.input);
  });

  it.each(named([...recordings("gemini", "countTokens"), ...recordings("vertex", "countTokens")]))(
    "%s",
    async (_, recording) => {
      server.serve(recording);
      const call = backendFor(recording).countTokens!({
        model: "gemini-2.5-flash",
        messages: [{ role: "user", content: "What is the capital of France?" }],
      });
      const { expected, response } = recording;
      if (expected?.kind !== "error") {
        expect(await call).toEqual({ inputTokens: (response.body as { totalTokens: number }).totalTokens });
        return;
      }
      const error = await call.catch((thrown: unknown) => thrown);
      expect(mismatches({ kind: "error", error: error as never }, expected)).toEqual([]);
    },
  );

  it.each(named(recordings("gemini", "models")))("%s", async (_, recording) => {
    server.serve(recording);
    const models = await backends.gemini.listModels!();
    const { models: listed } = recording.response.body as { models: { name: string; inputTokenLimit: number }[] };
    expect(models.map(({ id, contextWindow }) => [`models/${id}`, contextWindow])).toEqual(
      listed.map(({ name, inputTokenLimit }) => [name, inputTokenLimit]),
    );
  });
});

describe.skipIf(all.length === 0)("a stream that is cut short", () => {
  // Those that say why they stopped once, at their end: what older models say before is no end.
  const once = google
    .filter(({ wire }) => wire === "sse")
    .filter(gives("result"))
    .filter((recording) => wireBytes(recording).length < 60_000)
    .filter((recording) => piecesOf(recording).filter((piece) => piece.candidates?.[0]?.finishReason).length === 1);
  const short = [...once].sort((a, b) => wireBytes(a).length - wireBytes(b).length);

  it.each(named(short.slice(0, 12)))("%s, at every byte", async (_, recording) => {
    const bytes = wireBytes(recording);
    // The body is handed over without a socket here: thousands of connections would take minutes and show nothing more.
    let sent = bytes;
    const headers = { "content-type": "text/event-stream" };
    const fetch = async () => new Response(sent as Uint8Array<ArrayBuffer>, { headers });
    const offline = gemini({ apiKey: "k", fetch }).createBackend();
    const request = requestFor(recording);
    const whole = await collect(offline.stream(request));
    const end = Buffer.from(bytes).toString().trimEnd().length;
    const text = new TextDecoder().decode(bytes);
    const last = new TextEncoder().encode(text.slice(0, text.lastIndexOf("data:"))).length;
    for (let length = 0; length <= bytes.length; length++) {
      sent = bytes.subarray(0, length);
      const outcome = await outcomeOf(offline.stream(request));
      if (outcome.kind === "error") {
        expect(outcome.error.kind, `cut at ${length}`).toBe("connection");
        expect(length).toBeLessThan(bytes.length);
      } else {
        expect(length, "a result before its end").toBeGreaterThan(last);
        expect(length, "a result before its end").toBeGreaterThanOrEqual(Math.min(end, bytes.length) - 1);
        expect(essence(outcome.result)).toEqual(essence(whole));
      }
    }
  });

  it("also where the connection breaks", async () => {
    for (const recording of short.slice(0, 6)) {
      const { length } = wireBytes(recording);
      for (const breakAfter of [0, 1, Math.floor(length / 2), length - 20]) {
        server.serve(recording, { breakAfter });
        const outcome = await outcomeOf(run(recording));
        expect(outcome, `${recording.id} broken after ${breakAfter}`).toMatchObject({
          kind: "error",
          error: { kind: "connection", retryable: true },
        });
      }
      server.serve(recording, { breakAfter: length });
      expect(mismatches(await outcomeOf(run(recording)), recording.expected!), recording.id).toEqual([]);
    }
  });
});
