import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collect, type GenerateRequest, type LLMBackend, LLMError } from "@llmux/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mockBackend } from "./mock-backend.js";
import { record } from "./record.js";
import { replay } from "./replay.js";

const ask = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: "acme/m",
  messages: [{ role: "user", content }],
  ...more,
});
const KEY = "sk-canary-0123456789abcdef";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "llmux-record-"));
  file = join(folder, "calls.jsonl");
});
afterEach(() => rm(folder, { recursive: true }));

describe("record and replay", () => {
  it("give the same results, streams, vectors and failures without the backend", async () => {
    const limited = new LLMError({ kind: "rate-limit", message: "slow down", status: 429, retryAfter: 2000 });
    const live = mockBackend((request) => {
      const { content } = request.messages[0] as { content: string };
      if (content === "fail") return limited;
      return { text: `Re: ${content}`, reasoning: "Hm", toolCalls: [{ name: "now", input: { at: 1 } }] };
    });
    const recorder = record(live, file);
    const whole = await recorder.generate(ask("a"));
    const streamed = await collect(recorder.stream(ask("b")));
    const vectors = await recorder.embed!({ model: "acme/e", values: ["x", "y"] });
    await expect(recorder.generate(ask("fail"))).rejects.toMatchObject({ kind: "rate-limit" });

    const replayed = await replay(file);
    expect(await replayed.generate(ask("a"))).toEqual(whole);
    expect(await collect(replayed.stream(ask("b")))).toEqual(streamed);
    expect(await replayed.embed!({ model: "acme/e", values: ["x", "y"] })).toEqual(vectors);
    await expect(replayed.generate(ask("fail"))).rejects.toMatchObject({
      kind: "rate-limit",
      status: 429,
      retryAfter: 2000,
      retryable: true,
    });
    expect(replayed.rerank).toBeUndefined();
    expect(live.requests).toHaveLength(3);
  });

  it("answer a stream from a generate, and the other way round", async () => {
    const recorder = record(mockBackend("Hello there"), file);
    const whole = await recorder.generate(ask("a"));
    const streamed = await collect(recorder.stream(ask("b")));
    const replayed = await replay(file);
    expect(await collect(replayed.stream(ask("a")))).toEqual(whole);
    expect(await replayed.generate(ask("b"))).toEqual(streamed);
  });

  it("give the answers to one question in their order, and then the last again", async () => {
    const recorder = record(mockBackend(["one", "two"]), file);
    for (let call = 0; call < 2; call += 1) await recorder.generate(ask("a", { signal: new AbortController().signal }));
    const replayed = await replay(file);
    const texts: string[] = [];
    for (let call = 0; call < 3; call += 1)
      texts.push((await replayed.generate(ask("a", { timeout: { total: 9 } }))).text);
    expect(texts).toEqual(["one", "two", "two"]);
  });

  it("keep no key, cookie or id of who asked, and still find the request that holds them", async () => {
    const headers = { authorization: `Bearer ${KEY}`, cookie: "c=1", "x-api-key": "plain", "x-trace": "t" };
    const live = mockBackend({
      text: `You are org-abcdef123456, a@b.test, with ${KEY}`,
      result: {
        response: { headers: { "set-cookie": "s=1", "openai-organization": "acme-inc", "x-request-id": "r1" } },
      },
    });
    const request = ask(`My password is hunter-22 and ${KEY}`, { headers });
    await record(live, file, { secrets: ["hunter-22"] }).generate(request);
    const text = await readFile(file, "utf8");
    for (const secret of [KEY, "hunter-22", "c=1", "plain", "s=1", "acme-inc", "abcdef123456", "a@b.test"]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('"x-request-id":"r1"');
    expect(text).toContain('"x-trace":"t"');
    const replayed = await replay(file, { secrets: ["hunter-22"] });
    expect((await replayed.generate(request)).text).toContain("You are org-***");
  });

  it("keep bytes and dates as they are", async () => {
    const image = { type: "image" as const, data: Uint8Array.of(1, 2, 255), mediaType: "image/png" };
    const live = mockBackend({ result: { content: [image], response: { createdAt: new Date(5) } } });
    const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: [image] }] };
    const whole = await record(live, file).generate(request);
    expect(await (await replay(file)).generate(request)).toEqual(whole);
  });

  it("tell of a stream that was left, and of one that failed", async () => {
    const failing: LLMBackend = {
      ...mockBackend("one two three"),
      async *stream(request) {
        for await (const event of mockBackend("one two three").stream(request)) {
          if (event.type === "finish") throw new LLMError({ kind: "server", message: "down" });
          yield event;
        }
      },
    };
    for await (const event of record(mockBackend("one two three"), file).stream(ask("left"))) {
      if (event.type === "text-delta") break;
    }
    await expect(collect(record(failing, file).stream(ask("failed")))).rejects.toMatchObject({ kind: "server" });
    const replayed = await replay(file);
    await expect(collect(replayed.stream(ask("left")))).rejects.toMatchObject({ kind: "connection" });
    await expect(collect(replayed.stream(ask("failed")))).rejects.toMatchObject({
      kind: "server",
      partial: { text: "one two three" },
    });
  });

  it("write whole lines, however many calls are under way", async () => {
    const recorder = record(
      mockBackend(({ messages }) => String(messages[0]?.content).repeat(500)),
      file,
    );
    const numbers = Array.from({ length: 50 }, (_, index) => String(index));
    await Promise.all(numbers.map((number) => recorder.generate(ask(number))));
    const replayed = await replay(file);
    for (const number of numbers) expect((await replayed.generate(ask(number))).text).toBe(number.repeat(500));
  });

  it("say what is missing", async () => {
    await expect(replay(file)).rejects.toMatchObject({ kind: "not-found", message: expect.stringContaining(file) });
    await writeFile(file, '{"call":"generate","request":{}}\nnot json\n');
    await expect(replay(file)).rejects.toMatchObject({
      kind: "malformed-response",
      message: expect.stringContaining(":2 "),
    });
    await writeFile(file, "");
    await expect((await replay(file)).generate(ask("new"))).rejects.toMatchObject({
      kind: "not-found",
      message: expect.stringMatching(/holds no generate of this request.*new/),
    });
  });
});
