import { collect, type LLMBackend, type StreamEvent } from "@llmux/core";
import { readEventStream } from "@llmux/core/adapter";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, recut, wireBytes } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openai } from "./adapter.js";
import { CompletionsDecoder } from "./completions-stream.js";

const all = ["openai", "together", "openai-compatible"].flatMap((provider) => recordings(provider, "completions"));
const cases = all.map((recording) => [recording.id, recording] as const);
const streams = cases.filter(([, { wire }]) => wire === "sse");

let server: ReplayServer;
let backend: LLMBackend;
beforeAll(async () => {
  server = await ReplayServer.start();
  backend = openai({ baseURL: `${server.url}/v1`, api: "completions" }).createBackend();
});
afterAll(() => server.stop());

const request = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };

describe.skipIf(all.length === 0)("what each recording of the legacy API must give", () => {
  it.each(cases)("%s, however it is cut", async (_, recording) => {
    expect(recording.expected?.kind).toMatch(/result|error/);
    for (const seed of [undefined, 1, 2, 3]) {
      server.serve(recording, seed === undefined ? {} : { seed });
      const run = recording.wire === "sse" ? backend.stream(request) : backend.generate(request);
      const outcome = await outcomeOf(run as AsyncIterable<StreamEvent>);
      expect(mismatches(outcome, recording.expected!)).toEqual([]);
    }
    expect(server.requests.at(-1)).toMatchObject({ path: "/v1/completions", body: { model: "m", prompt: "Hi" } });
  });

  it.each(cases.filter(([, { response }]) => response.status >= 400))(
    "%s, where a stream was asked for",
    async (_, recording) => {
      server.serve(recording);
      expect(mismatches(await outcomeOf(backend.stream(request)), recording.expected!)).toEqual([]);
    },
  );
});

async function decode(pieces: readonly Uint8Array[]): Promise<unknown[]> {
  const events: unknown[] = [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  for await (const batch of readEventStream(
    body,
    new CompletionsDecoder({ provider: "openai" }),
    (reported) => reported,
  ))
    events.push(...batch);
  return events;
}

describe.skipIf(streams.length === 0)("a stream of the legacy API", () => {
  it.each(streams)("%s, cut at every byte", async (_, recording: Recording) => {
    const bytes = wireBytes(recording);
    const whole = await decode([bytes]);
    for (const seed of [4, 5, 6]) expect(await decode(recut(bytes, seed))).toEqual(whole);
    const marker = Buffer.from(bytes).lastIndexOf("data: [DONE]") + "data: [DONE]".length;
    for (let length = 0; length <= bytes.length; length++) {
      const outcome = await decode([bytes.subarray(0, length)]).catch((error: unknown) => error as { what?: string });
      if (length >= marker) expect(outcome, `cut at ${length}`).toEqual(whole);
      else expect((outcome as { what?: string }).what, `cut at ${length}`).toBe("cut");
    }
  });
});

const answer = (wire: Recording["wire"], body: unknown): Recording => ({
  id: "own",
  provider: "openai",
  api: "completions",
  scenario: "own",
  wire,
  request: {},
  response: { status: 200, body },
  expected: undefined,
});
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const logprobs = (...tokens: string[]): object => ({ tokens, token_logprobs: tokens.map(() => -1) });
const chunk = (choice: object | undefined, more = {}): string => {
  const choices = choice ? [{ index: 0, finish_reason: null, ...choice }] : [];
  return `data: ${JSON.stringify({ id: "cmpl-1", created: 1, model: "m-1", choices, ...more })}\n\n`;
};

describe("a stream and the whole answer", () => {
  it("are the same, log probabilities included", async () => {
    const choice = { index: 0, text: "Hello you", finish_reason: "stop", logprobs: logprobs("Hello", " you") };
    server.serve(answer("json", { id: "cmpl-1", created: 1, model: "m-1", choices: [choice], usage }));
    const whole = await backend.generate(request);
    const pieces = [
      chunk({ text: "Hello", logprobs: logprobs("Hello") }),
      chunk({ text: " you", logprobs: logprobs(" you"), finish_reason: "stop" }),
      chunk(undefined, { usage }),
      "data: [DONE]\n\n",
    ];
    server.serve(answer("sse", pieces.join("")));
    const streamed = await collect(backend.stream(request));
    expect(server.requests.at(-1)?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    for (const key of ["content", "text", "finishReason", "usage", "providerMetadata"] as const)
      expect(streamed[key], key).toEqual(whole[key]);
    expect(whole.text).toBe("Hello you");
    expect(whole.response).toMatchObject({ id: "cmpl-1", model: "m-1", createdAt: new Date(1000) });
    expect(whole.providerMetadata?.openai?.logprobs).toEqual(logprobs("Hello", " you"));
  });

  it.each([
    ["nothing of the kind", {}, "malformed-response"],
    ["no choice", { choices: [] }, "malformed-response"],
    ["null", null, "malformed-response"],
    ["an error under a 200", { error: { message: "no", code: "rate_limit_exceeded" } }, "rate-limit"],
    ["an error without an object around it", { message: "busy", code: 503 }, "overloaded"],
  ])("%s is told as such", async (_, body, kind) => {
    server.serve(answer("json", body));
    await expect(backend.generate(request)).rejects.toMatchObject({ kind });
    await expect(collect(backend.stream(request))).rejects.toMatchObject({ kind });
  });

  it("a list of nothing is malformed", async () => {
    server.serve(answer("json", { choices: [null] }));
    await expect(backend.generate(request)).rejects.toMatchObject({ kind: "malformed-response" });
  });

  it("an error in mid-stream keeps what came before", async () => {
    server.serve(
      answer("sse", `${chunk({ text: "Hel" })}data: {"error":{"message":"over","code":"server_error"}}\n\n`),
    );
    await expect(collect(backend.stream(request))).rejects.toMatchObject({ kind: "server", partial: { text: "Hel" } });
  });

  it("an event that is not JSON, or of another shape, is malformed", async () => {
    server.serve(answer("sse", `${chunk({ text: "Hel" })}data: {oops\n\n${chunk({ text: "lo" })}`));
    await expect(collect(backend.stream(request))).rejects.toMatchObject({ kind: "malformed-response" });
    server.serve(answer("sse", 'data: {"choices":[null]}\n\ndata: [DONE]\n\n'));
    await expect(collect(backend.stream(request))).rejects.toMatchObject({ kind: "malformed-response" });
  });
});

describe("a chat completion in its place", () => {
  it("is read as one, whatever text stands beside it", async () => {
    const said = { content: "Hello", reasoning: "hm" };
    const choice = { index: 0, text: "Hello", finish_reason: "stop" };
    server.serve(answer("json", { id: "c", choices: [{ ...choice, message: said }] }));
    const whole = await backend.generate(request);
    server.serve(answer("sse", `${chunk({ ...choice, delta: said })}${chunk(undefined, { usage })}data: [DONE]\n\n`));
    const streamed = await collect(backend.stream(request));
    for (const { text, reasoning } of [whole, streamed]) expect([text, reasoning]).toEqual(["Hello", "hm"]);
  });
});

describe("the API", () => {
  it("of another name is refused, before anything is sent", async () => {
    const asked = server.requests.length;
    for (const api of ["completion", "constructor"]) {
      const own = { ...request, providerOptions: { openai: { api: api as "chat" } } };
      const expected = { kind: "invalid-request", parameter: "api", message: expect.stringContaining("completions") };
      await expect(backend.generate(own)).rejects.toMatchObject(expected);
      await expect(collect(backend.stream(own))).rejects.toMatchObject(expected);
    }
    expect(server.requests.length).toBe(asked);
  });

  it("is chosen by a model that has no other, by the caller, or not at all", async () => {
    const body = { id: "c", choices: [{ index: 0, text: "a", message: { content: "a" }, finish_reason: "stop" }] };
    server.serve({ ...(all[0] as Recording), wire: "json", response: { status: 200, body } });
    const fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
      globalThis.fetch(String(url).replace("https://api.openai.com", server.url), init);
    const own = openai({ apiKey: "sk-test-0123456789abcdef", fetch }).createBackend();
    const path = async (model: string, api?: "completions" | "chat"): Promise<string | undefined> => {
      await own.generate({ ...request, model, providerOptions: { openai: { api } } });
      return server.requests.at(-1)?.path;
    };
    for (const model of [
      "gpt-3.5-turbo-instruct",
      "gpt-3.5-turbo-instruct-0914",
      "davinci-002",
      "ft:babbage-002:acme::x",
    ])
      expect(await path(model)).toBe("/v1/completions");
    for (const model of ["gpt-3.5-turbo", "gpt-4o"]) expect(await path(model)).toBe("/v1/chat/completions");
    expect(await path("gpt-4o", "completions")).toBe("/v1/completions");
    expect(await path("davinci-002", "chat")).toBe("/v1/chat/completions");
  });
});
