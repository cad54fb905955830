import { createOpenAI } from "@ai-sdk/openai";
import { createLLM, type LLM, type LLMError, type StreamEvent } from "@llmux/core";
import { openai } from "@llmux/openai";
import {
  mismatches,
  type Outcome,
  outcomeOf,
  type Recording,
  ReplayServer,
  recordings,
  wireBytes,
} from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromAISDK, toAISDK } from "./index.js";

const all = recordings("openai", "chat", "responses");
const judged = all.filter(({ expected }) => expected?.kind !== "skip");

let server: ReplayServer;
beforeAll(async () => {
  server = await ReplayServer.start();
});
afterAll(() => server.stop());

const apiKey = "sk-test-0123456789abcdef";
const messages = [{ role: "user" as const, content: "Hi" }];
const fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
  globalThis.fetch(String(url).replace("https://api.openai.com", server.url), init);

function run(llm: LLM, { wire }: Recording, model: string, providerOptions = {}): Promise<Outcome> {
  const request = { model, messages, providerOptions };
  return outcomeOf((wire === "sse" ? llm.stream(request) : llm.generate(request)) as AsyncIterable<StreamEvent>);
}

describe.skipIf(all.length === 0)("every recording of OpenAI's", () => {
  const backend = openai({ apiKey, fetch }).createBackend();
  const direct = createLLM({ adapters: [openai({ apiKey, fetch })] });
  const around = createLLM({ adapters: [fromAISDK({ prefix: "openai", provider: toAISDK(backend) })] });

  it.each(judged.map((recording) => [recording.id, recording] as const))(
    "gives through both bridges what it gives without: %s",
    async (_, recording) => {
      server.serve(recording);
      const options = { openai: { api: recording.api } };
      const outcome = await run(around, recording, "openai/m", options);
      expect(mismatches(outcome, recording.expected!)).toEqual([]);
      const wanted = await run(direct, recording, "openai/m", options);
      if (wanted.kind === "result" && outcome.kind === "result") expect(outcome.result).toEqual(wanted.result);
      if (wanted.kind === "error" && outcome.kind === "error")
        expect(outcome.error.toJSON()).toEqual(wanted.error.toJSON());
    },
  );

  it.each(judged.filter(({ wire }) => wire === "sse").map((recording) => [recording.id, recording] as const))(
    "streams through both bridges the same events: %s",
    async (_, recording) => {
      server.serve(recording);
      const request = { model: "openai/m", messages, providerOptions: { openai: { api: recording.api as never } } };
      expect(await eventsOf(around.stream(request))).toEqual(await eventsOf(direct.stream(request)));
    },
  );
});

/** All that a stream hands over, with the kind of its failure at the end. */
async function eventsOf(stream: AsyncIterable<StreamEvent>): Promise<unknown[]> {
  const events: unknown[] = [];
  try {
    for await (const event of stream) events.push(event);
  } catch (error) {
    events.push((error as LLMError).kind);
  }
  return events;
}

/** What the AI SDK's own provider for OpenAI (4.0) makes of these, which no bridge behind it can mend. */
const LIMITS: Readonly<Record<string, string>> = {
  "openai__audio-stream__01": "it refuses a chunk without choices",
  "openai__legacy-function-call__02": "it knows no function_call",
  "openai__n-choices-stream__01": "it mixes the choices",
  openai__reasoning__01: "it reads no reasoning_content",
  openai__refusal__02: "a refusal is text to it",
  openai__refusal__04: "a refusal is text to it",
  "openai__refusal-stream__03": "a refusal is text to it",
  "openai__refusal-stream__04": "a refusal is text to it",
  "openai__server-tools__04": "it has the application run the shell that OpenAI ran",
  openai__tools__01: "it refuses a custom tool's call in Chat Completions",
  "openai__tools-stream__01": "it mixes the choices",
};

describe.skipIf(all.length === 0)("every recording of OpenAI's, through the AI SDK's own provider", () => {
  const provider = createOpenAI({ apiKey, fetch });
  const chat = fromAISDK({ prefix: "chat", provider: { languageModel: (id) => provider.chat(id) } });
  const responses = fromAISDK({ prefix: "responses", provider: { languageModel: (id) => provider.responses(id) } });
  const llm = createLLM({ adapters: [chat, responses] });

  it.each(judged.map((recording) => [recording.id, recording] as const))("%s", async (id, recording) => {
    server.serve(recording);
    const found = mismatches(await run(llm, recording, `${recording.api}/m`), recording.expected!);
    if (LIMITS[id]) expect(found, "its provider has learnt it: take it off the list").not.toEqual([]);
    else expect(found).toEqual([]);
  });
});

describe.skipIf(all.length === 0)("a stream of the AI SDK's own provider that is cut", () => {
  const provider = createOpenAI({ apiKey, fetch });
  const streams = ["chat", "responses"].map((api) => {
    const fitting = judged.filter((one) => one.api === api && one.wire === "sse" && one.expected?.kind === "result");
    return [api, fitting.toSorted((a, b) => wireBytes(a).length - wireBytes(b).length)[0]!] as const;
  });

  it.each(streams)("at any byte is an error, or past its last word the whole: %s", async (api, recording) => {
    const languageModel = api === "chat" ? provider.chat : provider.responses;
    const llm = createLLM({ adapters: [fromAISDK({ prefix: "cut", provider: { languageModel } })] });
    server.serve(recording);
    const whole = await run(llm, recording, "cut/m");
    expect(whole.kind).toBe("result");
    const bytes = wireBytes(recording);
    const step = Math.ceil(bytes.length / 100);
    let failed = 0;
    for (let at = 0; at < bytes.length; at += step) {
      server.serve(recording, (at / step) % 2 === 0 ? { endAfter: at } : { breakAfter: at });
      const outcome = await run(llm, recording, "cut/m");
      if (outcome.kind === "error") failed++;
      else
        expect((outcome as typeof whole & { kind: "result" }).result.text, `cut at ${at}`).toBe(
          (whole as { result: { text: string } }).result.text,
        );
    }
    expect(failed).toBeGreaterThan(50);
  });
});
