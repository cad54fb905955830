import { collect, type LLMBackend, type StreamEvent } from "@llmux/core";
import { readEventStream } from "@llmux/core/adapter";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, recut, wireBytes } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openai } from "./adapter.js";
import { ChatDecoder } from "./chat-stream.js";
import { hostFor } from "./host.js";

const cases = [
  ...recordings("openai", "chat", "embeddings", "completions", "models"),
  ...recordings("ollama", "chat"),
].filter(
  ({ api, expected, response }) =>
    expected && expected.kind !== "skip" && (api === "chat" || api === "embeddings" || response.status >= 400),
);
const streams = cases.filter(({ wire, response, api }) => wire === "sse" && response.status === 200 && api === "chat");

let server: ReplayServer;
/** As for OpenAI itself, but for where its requests end up. */
let own: LLMBackend;
/** As for a server that imitates. */
let other: LLMBackend;

beforeAll(async () => {
  server = await ReplayServer.start();
  const fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
    globalThis.fetch(String(url).replace("https://api.openai.com", server.url), init);
  own = openai({ apiKey: "sk-test-0123456789abcdef", fetch }).createBackend();
  other = openai({ baseURL: `${server.url}/v1` }).createBackend();
});
afterAll(() => server.stop());

const request = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };

async function check(recording: Recording, backend: LLMBackend): Promise<void> {
  const { expected, api, wire, response } = recording;
  if (api === "embeddings" && expected?.kind === "result") {
    const { embeddings, usage } = await backend.embed!({ model: "m", values: ["a"] });
    expect(embeddings.length).toBe(expected.embeddings);
    expect(embeddings[0]?.length).toBe(expected.dimensions);
    expect(usage.inputTokens.total ?? null).toBe((expected.usage as { input: unknown } | undefined)?.input);
    const sent = (response.body as { data: { embedding: number[] }[] }).data[0]?.embedding as number[];
    expect([...(embeddings[0] as Float32Array)]).toEqual([...Float32Array.from(sent)]);
    return;
  }
  const run = wire === "sse" ? backend.stream(request) : backend.generate(request);
  const outcome = await outcomeOf(run as AsyncIterable<StreamEvent>);
  expect(mismatches(outcome, expected!)).toEqual([]);
}

describe("what each recording must give", () => {
  for (const recording of cases) {
    const backend = (): LLMBackend => (recording.provider === "openai" ? own : other);
    it(recording.id, async () => {
      server.serve(recording);
      await check(recording, backend());
    });
    it(`${recording.id}, cut at random places`, async () => {
      for (const seed of [1, 2, 3]) {
        server.serve(recording, { seed });
        await check(recording, backend());
      }
    });
  }
});

/** A stream's events from its bytes, by the loop that the backend uses. */
async function decode(pieces: readonly Uint8Array[]): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [{ type: "start", provider: "openai", model: "m", warnings: [], response: {} }];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  for await (const batch of readEventStream(
    body,
    new ChatDecoder(hostFor("openai", undefined)),
    (reported) => reported,
  ))
    events.push(...(batch as StreamEvent[]));
  return events;
}

describe("a stream that is cut", () => {
  const all = streams.map((recording) => [recording.id, recording] as const);
  it.each(all)("%s, at every byte", { timeout: 60_000 }, async (_, recording) => {
    const bytes = wireBytes(recording);
    const marker = Buffer.from(bytes).lastIndexOf("data: [DONE]") + "data: [DONE]".length;
    const failing = recording.expected?.kind === "error";
    const whole = failing ? undefined : await decode([bytes]);
    // Of a long recording, every byte of the end, where the markers are, and some hundreds of places before.
    const long = bytes.length > 60_000;
    const end = bytes.length - (long ? 60 : 1000);
    const step = Math.max(1, Math.ceil(end / (long ? 60 : 400)));
    for (let length = 0; length <= bytes.length; length += length < end ? Math.min(step, end - length) : 1) {
      const outcome = await decode([bytes.subarray(0, length)]).catch(
        (error: unknown) => error as Error & { what?: string },
      );
      if (length >= marker && whole) expect(outcome, `cut at ${length}`).toEqual(whole);
      else {
        expect(outcome, `cut at ${length}`).toBeInstanceOf(Error);
        if (!failing) expect((outcome as { what?: string }).what, `cut at ${length}`).toBe("cut");
      }
    }
  });

  it.each(["end", "break"] as const)("over a socket whose server %ss in the middle", async (how) => {
    const recording = streams.find(({ id }) => id === "openai__tools-stream__02") ?? (streams[0] as Recording);
    const length = wireBytes(recording).length;
    for (const at of [0, 1, length >> 2, length >> 1, length - 20]) {
      server.serve(recording, how === "end" ? { endAfter: at } : { breakAfter: at });
      const outcome = await outcomeOf(own.stream(request));
      expect(outcome.kind).toBe("error");
      if (outcome.kind === "error") expect([outcome.error.kind, outcome.error.retryable]).toEqual(["connection", true]);
    }
  });
});

describe("events", () => {
  it.each(
    streams
      .filter(({ expected }) => expected?.kind === "result")
      .map((recording) => [recording.id, recording] as const),
  )("%s do not depend on where the bytes were cut, and are well-formed", async (_, recording) => {
    const bytes = wireBytes(recording);
    const whole = await decode([bytes]);
    for (const seed of [4, 5, 6, 7, 8]) expect(await decode(recut(bytes, seed))).toEqual(whole);
    const open = new Set<string>();
    for (const event of whole) {
      if (/-start$/.test(event.type)) open.add((event as { id: string }).id);
      if (/-delta$/.test(event.type)) expect(open).toContain((event as { id: string }).id);
      if (/-end$/.test(event.type)) expect(open.delete((event as { id: string }).id)).toBe(true);
    }
    expect([...open]).toEqual([]);
    expect(whole.filter(({ type }) => type === "finish")).toHaveLength(1);
    expect(whole.at(-1)?.type).toBe("finish");
    async function* again(): AsyncGenerator<StreamEvent> {
      yield* whole;
    }
    expect((await collect(again())).response.id).toBeTruthy();
  });
});
