import { collect, type GenerateRequest, type GenerateResult, type LLMBackend } from "@llmux/core";
import { readEventStream } from "@llmux/core/adapter";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anthropic } from "./adapter.js";
import { MessageDecoder } from "./message-stream.js";

// Anthropic's own, and those of a router that passes its protocol on.
const all = [...recordings("anthropic", "messages"), ...recordings("openai-compatible", "messages")];
const streams = all.filter(({ wire }) => wire === "sse");
const request: GenerateRequest = { model: "claude-sonnet-4-6", messages: [{ role: "user", content: "Hi" }] };

let server: ReplayServer;
let backend: LLMBackend;
beforeAll(async () => {
  server = await ReplayServer.start();
  backend = anthropic({ apiKey: "sk-ant-test", baseURL: server.url }).createBackend();
});
afterAll(() => server.stop());

const run = ({ wire }: Recording) => (wire === "sse" ? backend.stream(request) : backend.generate(request));

/** A result without what says how it came. */
const essence = ({ content, finishReason, usage, providerMetadata }: GenerateResult) => ({
  content,
  finishReason,
  usage,
  providerMetadata,
});

describe.skipIf(all.length === 0)("recorded traffic, through the SDK and over a socket", () => {
  it.each(all.map((recording) => [recording.id, recording] as const))("%s", async (_, recording) => {
    server.serve(recording);
    const outcome = await outcomeOf(run(recording));
    expect(mismatches(outcome, recording.expected as never)).toEqual([]);
  });

  it.each(streams.map((recording) => [recording.id, recording] as const))("%s, cut at random", async (_, recording) => {
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

  it.each(
    streams
      .filter(({ expected }) => expected?.kind === "result")
      .map((recording) => [recording.id, recording] as const),
  )("%s gives what its message gives at once", async (_, recording) => {
    server.serve(recording);
    const streamed = await collect(backend.stream(request));
    server.serve({ ...recording, wire: "json", response: { status: 200, body: messageOf(recording) } });
    const whole = await backend.generate(request);
    expect(essence(streamed)).toEqual(essence(whole));
    expect([streamed.text, streamed.reasoning, streamed.toolCalls]).toEqual([
      whole.text,
      whole.reasoning,
      whole.toolCalls,
    ]);
    const { id, model } = whole.response;
    expect(streamed.response).toMatchObject({ id, model });
  });

  it.each(
    all.filter(({ expected }) => expected?.kind === "result").map((recording) => [recording.id, recording] as const),
  )("%s goes back as history, block for block", async (_, recording) => {
    server.serve(recording);
    const outcome = await outcomeOf(run(recording));
    if (outcome.kind !== "result") throw outcome.error;
    const { message } = outcome.result;
    server.serve(recording);
    await outcomeOf(
      recording.wire === "sse"
        ? backend.stream({ ...request, messages: [...request.messages, message] })
        : backend.generate({ ...request, messages: [...request.messages, message] }),
    );
    expect(server.requests.at(-1)?.body.messages[1]?.content ?? []).toEqual(sentBlocks(recording));
  });
});

/** The message that a recording holds, put together without the adapter's help. */
function messageOf(recording: Recording): any {
  if (recording.wire === "json") return structuredClone(recording.response.body);
  let message: any;
  const blocks: any[] = [];
  for (const line of Buffer.from(wireBytes(recording)).toString().split("\n")) {
    if (!line.startsWith("data:")) continue;
    const { type, index, content_block, delta, usage, ...rest } = JSON.parse(line.slice(5));
    if (type === "message_start") message = rest.message;
    else if (type === "message_delta") {
      for (const [key, value] of Object.entries(usage)) if (value !== null) message.usage[key] = value;
      Object.assign(message, delta, rest);
    } else if (type === "content_block_start") blocks[index] = { ...content_block, json: "" };
    if (type !== "content_block_delta") continue;
    const block = blocks[index];
    if (delta.type === "text_delta") block.text += delta.text;
    else if (delta.type === "thinking_delta") block.thinking += delta.thinking;
    else if (delta.type === "signature_delta") block.signature += delta.signature;
    else if (delta.type === "citations_delta") block.citations = [...(block.citations ?? []), delta.citation];
    else if (delta.type === "input_json_delta") block.json += delta.partial_json;
    else if (delta.type === "compaction_delta") block.content = delta.content;
    else throw new Error(delta.type);
  }
  message.content = blocks.map(({ json, ...block }) => (json ? { ...block, input: JSON.parse(json) } : block));
  return message;
}

/** The content of a recorded message as the API wants it back. */
function sentBlocks(recording: Recording): unknown[] {
  const blocks: any[] = messageOf(recording).content;
  for (const block of blocks) {
    if (block.type !== "text") continue;
    if (!block.citations?.length) delete block.citations;
    for (const citation of block.citations ?? []) delete citation.file_id;
  }
  return blocks.filter(({ type, text }) => type !== "text" || text.trim() !== "");
}

describe.skipIf(all.length === 0)("a stream that is cut short", () => {
  const short = streams
    .filter(({ expected }) => expected?.kind === "result")
    .sort((a, b) => wireBytes(a).length - wireBytes(b).length)
    .slice(0, 1);
  it.each(short.map((recording) => [recording.id, recording] as const))(
    "%s, every byte, over a socket",
    async (_, recording) => {
      server.serve(recording);
      const whole = await collect(backend.stream(request));
      const bytes = wireBytes(recording);
      for (let length = 0; length <= bytes.length; length++) {
        server.serve(recording, length % 2 ? { endAfter: length } : { breakAfter: length });
        checkCut(await outcomeOf(backend.stream(request)), whole, bytes, length);
      }
    },
    60_000,
  );

  const kinds =
    /compaction-stream|server-tools-stream__04|reasoning_tools-stream__01|redacted|parallel-tools-stream__02/;
  const representative = streams.filter(({ id }) => kinds.test(id));
  it.each(representative.map((recording) => [recording.id, recording] as const))(
    "%s, every byte",
    async (_, recording) => {
      const bytes = wireBytes(recording);
      const whole = await finishOf([bytes]);
      expect(whole).toBeDefined();
      const marker = Buffer.from(bytes).lastIndexOf('"message_stop"') + '"message_stop"'.length;
      for (let length = 0; length <= bytes.length; length += 1) {
        const cut = await finishOf([bytes.subarray(0, length)]).catch(
          ({ kind, what }) => (what === "cut" ? "connection" : kind) as string,
        );
        if (length < marker) expect(cut, `cut at ${length}`).toBe("connection");
        else expect(["connection", whole], `cut at ${length}`).toContainEqual(cut);
      }
    },
    60_000,
  );
});

async function finishOf(pieces: Uint8Array[]): Promise<unknown> {
  const body = new Response(new Blob(pieces as BlobPart[])).body;
  let last: unknown;
  for await (const batch of readEventStream(body, new MessageDecoder({}, undefined), (said) => said))
    last = batch.at(-1);
  return last;
}

function checkCut(
  outcome: Awaited<ReturnType<typeof outcomeOf>>,
  whole: GenerateResult,
  bytes: Uint8Array,
  length: number,
): void {
  if (outcome.kind === "result") {
    expect(Buffer.from(bytes.subarray(0, length)).includes('"message_stop"'), `cut at ${length}`).toBe(true);
    expect(essence(outcome.result)).toEqual(essence(whole));
  } else {
    expect(outcome.error.kind, `cut at ${length}`).toBe("connection");
    expect(length).toBeLessThan(bytes.length);
  }
}
