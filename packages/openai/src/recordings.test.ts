import type { LLMBackend, StreamEvent } from "@llmux/core";
import { mismatches, type Outcome, outcomeOf, type Recording, ReplayServer, recordings } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenAIApi, openai } from "./index.js";

const all = recordings("openai");
const judged = all.filter(({ expected }) => expected?.kind !== "skip");

let server: ReplayServer;
beforeAll(async () => {
  server = await ReplayServer.start();
});
afterAll(() => server.stop());

const apiKey = "sk-test-0123456789abcdef";
const generation = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };

const converse =
  (api: OpenAIApi) =>
  (backend: LLMBackend, { wire }: Recording): Promise<Outcome> => {
    const request = { ...generation, providerOptions: { openai: { api } } };
    const run = wire === "sse" ? backend.stream(request) : backend.generate(request);
    return outcomeOf(run as AsyncIterable<StreamEvent>);
  };

/** How a recording of each API is replayed: a result, or the failure of the call that it stands for. */
const REPLAYS: Readonly<Record<string, (backend: LLMBackend, recording: Recording) => Promise<Outcome | undefined>>> = {
  chat: converse("chat"),
  responses: converse("responses"),
  completions: converse("completions"),
  embeddings: async (backend, { expected }) => {
    const answer = backend.embed!({ model: "m", values: ["a"] });
    if (expected?.kind === "error") return outcomeOf(answer as never);
    const { embeddings, usage } = await answer;
    expect([embeddings.length, embeddings[0]?.length]).toEqual([expected?.embeddings, expected?.dimensions]);
    expect(usage.inputTokens.total ?? null).toBe((expected?.usage as { input: unknown } | undefined)?.input);
    return undefined;
  },
  models: (backend) => outcomeOf(backend.listModels!() as never),
};

describe.skipIf(all.length === 0)("every recording of OpenAI's", () => {
  it.each(judged.map((recording) => [recording.id, recording] as const))("%s", async (_, recording) => {
    const replay = REPLAYS[recording.api];
    if (!replay) throw new Error(`nothing here replays recordings of the API ${recording.api}`);
    expect(recording.expected, "what it must give is not known").toBeDefined();
    server.serve(recording);
    const fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
      globalThis.fetch(String(url).replace("https://api.openai.com", server.url), init);
    const outcome = await replay(openai({ apiKey, fetch }).createBackend(), recording);
    if (outcome) expect(mismatches(outcome, recording.expected!)).toEqual([]);
    expect(server.requests.at(-1)?.path.split("?")[0]).toBe(
      recording.api === "models" ? "/v1/models" : recording.request.path?.replace(/^.*(?=\/v1\/)/, ""),
    );
  });
});
