import { collect, type GenerateRequest, type GenerateResult, type LLMBackend } from "@llmux/core";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bedrock } from "./adapter.js";
import { ChunkReader } from "./chunk-reader.js";
import { claude } from "./claude.js";
import { claudeText } from "./claude-text.js";
import type { Answer } from "./connection.js";
import { ConverseStream } from "./converse-stream.js";
import { readStream, type StreamReader } from "./read-stream.js";
import { encodeFrame } from "./testing/encode-frame.js";

const all = recordings("bedrock").map(framed);
const chats = all.filter(({ api }) => api !== "converse.count");
const counts = all.filter(({ api }) => api === "converse.count");
const streams = chats.filter(({ wire }) => wire === "aws-eventstream");

let server: ReplayServer;
let backend: LLMBackend;
beforeAll(async () => {
  server = await ReplayServer.start();
  const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI-secret", sessionToken: "session-secret" };
  backend = bedrock({ ...keys, region: "us-east-1", baseURL: server.url }).createBackend();
});
afterAll(() => server.stop());

/** A recording that holds its events without their frames, with frames by the SDK's own writer. */
function framed(recording: Recording): Recording {
  const { response } = recording;
  if (recording.wire !== "aws-eventstream" || response.body_base64 !== undefined) return recording;
  const frames = eventsOf(recording).map(({ name, payload }) => encodeFrame({ ":event-type": name }, payload));
  return { ...recording, response: { ...response, body_base64: Buffer.concat(frames).toString("base64") } };
}

function eventsOf({ response }: Recording): { name: string; payload: any }[] {
  const { events } = response as unknown as { events: { headers: Record<string, string>; payload: any }[] };
  return events.map(({ headers, payload }) => ({ name: headers[":event-type"] as string, payload }));
}

/** The model that was asked, and by which API. */
function requestFor({ api, request }: Recording): GenerateRequest {
  const path = request.path ?? new URL(request.url ?? "").pathname;
  const model = decodeURIComponent(/\/model\/([^/]+)\//.exec(path)?.[1] ?? "");
  return {
    model: api.startsWith("invoke") ? `invoke/${model}` : model,
    messages: [{ role: "user", content: "Hi" }],
  };
}

const run = (recording: Recording) =>
  recording.api.endsWith("stream") ? backend.stream(requestFor(recording)) : backend.generate(requestFor(recording));

/** A result without what says how it came. */
const essence = ({ content, finishReason, usage, providerMetadata }: GenerateResult) => ({
  content,
  finishReason,
  usage,
  providerMetadata,
});

const named = (list: readonly Recording[]) => list.map((recording) => [recording.id, recording] as const);

describe.skipIf(all.length === 0)("recorded traffic, through the SDK and over a socket", () => {
  it("is there for each API", () => {
    expect([...new Set(all.map(({ api }) => api))].sort()).toEqual([
      "converse",
      "converse-stream",
      "converse.count",
      "invoke",
      "invoke-stream",
    ]);
  });

  it.each(named(chats))("%s", async (_, recording) => {
    server.serve(recording);
    const outcome = await outcomeOf(run(recording));
    expect(mismatches(outcome, recording.expected as never)).toEqual([]);
    const asked = server.requests.at(-1);
    expect(decodeURIComponent(asked?.path ?? "")).toBe(decodeURIComponent(recording.request.path ?? ""));
    expect(asked?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/us-east-1\/bedrock\//);
    expect(asked?.headers["x-amz-security-token"]).toBe("session-secret");
  });

  it.each(named(chats.filter(({ expected }) => expected?.kind === "result")))(
    "%s: totals, ids",
    async (_, recording) => {
      server.serve(recording);
      const { usage, response } = ((await outcomeOf(run(recording))) as { result: GenerateResult }).result;
      const { totalReported } = recording.expected as { totalReported?: number };
      const total = (usage.inputTokens.total ?? 0) + (usage.outputTokens.total ?? 0);
      if (totalReported !== undefined) expect(total).toBe(totalReported);
      expect(response.requestId).toBe(recording.response.headers?.["x-amzn-requestid"]);
      expect(response.headers?.["content-type"]).toBeDefined();
    },
  );

  it.each(named(counts))("%s", async (_, recording) => {
    server.serve(recording);
    const counting = (backend.countTokens as NonNullable<LLMBackend["countTokens"]>)(requestFor(recording));
    if (recording.response.status === 200) {
      expect(await counting).toEqual({ inputTokens: (recording.response.body as { inputTokens: number }).inputTokens });
      const { path, body } = server.requests.at(-1) ?? {};
      expect(decodeURIComponent(path ?? "")).toBe(recording.request.path);
      expect(body).toEqual({ input: { converse: { messages: [{ role: "user", content: [{ text: "Hi" }] }] } } });
    } else {
      const outcome = await outcomeOf(counting as never);
      expect(mismatches(outcome, recording.expected as never)).toEqual([]);
    }
  });

  it.each(named(streams))("%s, cut at random", async (_, recording) => {
    server.serve(recording);
    const whole = await outcomeOf(run(recording));
    for (const seed of [1, 2]) {
      server.serve(recording, { seed });
      const cut = await outcomeOf(run(recording));
      expect(cut.kind).toBe(whole.kind);
      if (cut.kind === "result" && whole.kind === "result") expect(essence(cut.result)).toEqual(essence(whole.result));
    }
  });

  it.each(named(streams.filter(({ api }) => api === "converse-stream")))(
    "%s gives what its message gives at once",
    async (_, recording) => {
      server.serve(recording);
      const streamed = await collect(backend.stream(requestFor(recording)));
      server.serve({ ...recording, wire: "json", response: { status: 200, body: messageOf(recording) } });
      const whole = await backend.generate(requestFor(recording));
      expect(essence(streamed)).toEqual(essence(whole));
    },
  );

  it.each(named(chats.filter(({ expected, api }) => expected?.kind === "result" && api.startsWith("converse"))))(
    "%s goes back as history, block for block",
    async (_, recording) => {
      server.serve(recording);
      const { message } = ((await outcomeOf(run(recording))) as { result: GenerateResult }).result;
      const request = requestFor(recording);
      await backend.generate({ ...request, messages: [...request.messages, message] }).catch(() => undefined);
      const said = messageOf(recording).output.message.content.filter((block: any) => block.text !== "");
      for (const { toolUse } of said) if (toolUse?.type === "tool_use") delete toolUse.type;
      expect(server.requests.at(-1)?.body.messages[1]?.content ?? []).toEqual(said);
    },
  );
});

/** The reply that a recording of Converse holds, put together without the adapter's help. */
function messageOf(recording: Recording): any {
  if (recording.wire === "json") return structuredClone(recording.response.body);
  const blocks: any[] = [];
  const reply: any = { output: { message: { role: "assistant", content: blocks } } };
  for (const { name, payload } of eventsOf(recording)) {
    const { contentBlockIndex: index, p: _, delta, start, role: __, ...rest } = payload;
    if (name === "messageStop" || name === "metadata") Object.assign(reply, rest);
    if (start?.toolUse) blocks[index] = { toolUse: { ...start.toolUse, input: "" } };
    if (start?.toolResult) blocks[index] = { toolResult: { ...start.toolResult, content: [] } };
    if (delta?.text !== undefined) blocks[index] = { text: (blocks[index]?.text ?? "") + delta.text };
    if (delta?.toolUse) blocks[index].toolUse.input += delta.toolUse.input;
    if (delta?.toolResult) blocks[index].toolResult.content.push(...delta.toolResult);
    if (delta?.citation) {
      blocks[index] ??= { citationsContent: { citations: [] } };
      blocks[index].citationsContent.citations.push(delta.citation);
    }
    const { text, redactedContent } = delta?.reasoningContent ?? {};
    if (redactedContent) blocks[index] = { reasoningContent: { redactedContent } };
    if (text) {
      const before = blocks[index]?.reasoningContent.reasoningText.text ?? "";
      blocks[index] = { reasoningContent: { reasoningText: { text: before + text } } };
    }
  }
  for (const { toolUse } of blocks) if (toolUse) toolUse.input = JSON.parse(toolUse.input || "{}");
  return reply;
}

describe.skipIf(all.length === 0)("a stream that is cut short", () => {
  const results = streams.filter(({ expected }) => expected?.kind === "result");
  const short = [...results]
    .filter(({ api }) => api === "converse-stream")
    .sort((a, b) => wireBytes(a).length - wireBytes(b).length)
    .slice(0, 1);

  it.each(named(short))("%s, every third byte, over a socket", async (_, recording) => {
    server.serve(recording);
    const whole = await collect(backend.stream(requestFor(recording)));
    const bytes = wireBytes(recording);
    for (let length = 0; length <= bytes.length; length += length > bytes.length - 100 ? 1 : 3) {
      server.serve(recording, length % 2 ? { endAfter: length } : { breakAfter: length });
      const outcome = await outcomeOf(backend.stream(requestFor(recording)));
      if (outcome.kind === "error") expect(outcome.error.kind, `cut at ${length}`).toBe("connection");
      else expect(essence(outcome.result), `cut at ${length}`).toEqual(essence(whole));
      expect(outcome.kind).toBe(
        length < bytes.length && length !== endOf(recording, "messageStop") ? "error" : "result",
      );
    }
  });

  it.each(named(results.filter(({ api }) => api === "converse-stream")))("%s, every byte", async (_, recording) => {
    const bytes = wireBytes(recording);
    const whole = await finishOf(bytes);
    expect(whole).toMatchObject({ type: "finish" });
    const stop = endOf(recording, "messageStop");
    for (let length = 0; length <= bytes.length; length++) {
      const cut = await finishOf(bytes.subarray(0, length)).catch((error) => error.kind as string);
      if (length === bytes.length) expect(cut).toEqual(whole);
      // Here nothing tells that more was to come; all that is lost is usage, and it is not made up.
      else if (length === stop) expect(cut).toMatchObject({ usage: { inputTokens: { total: undefined } } });
      else expect(cut, `cut at ${length}`).toBe("connection");
    }
  });
});

describe.skipIf(all.length === 0)("a stream of InvokeModel that is cut short", () => {
  it.each(named(streams.filter(({ api }) => api === "invoke-stream")))("%s, every byte", async (id, recording) => {
    const bytes = wireBytes(recording);
    const family = id.startsWith("bedrock__text-stream") ? claudeText : claude;
    const read = (length: number) => finishOf(bytes.subarray(0, length), new ChunkReader(family.reader({}, undefined)));
    for (let length = 0; length < bytes.length; length++) {
      expect(await read(length).catch((error) => error.kind), `cut at ${length}`).toBe("connection");
    }
    expect(await read(bytes.length)).toMatchObject({ type: "finish", finishReason: { unified: "stop" } });
  });
});

/** Where the frame of an event ends. */
function endOf(recording: Recording, event: string): number {
  const bytes = Buffer.from(wireBytes(recording));
  let at = 0;
  for (const { name } of eventsOf(recording)) {
    at += bytes.readUInt32BE(at);
    if (name === event) return at;
  }
  throw new Error(event);
}

async function finishOf(bytes: Uint8Array, reader: StreamReader = new ConverseStream({}, undefined)): Promise<unknown> {
  let last: unknown;
  const answer: Answer = { body: [bytes], headers: {}, response: {} };
  for await (const batch of readStream(async () => ({ answer, reader }))) last = batch.at(-1);
  return last;
}
