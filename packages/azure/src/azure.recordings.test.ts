import { collect, type LLMBackend, type StreamEvent } from "@llmux/core";
import type { OpenAIApi } from "@llmux/openai";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { azure } from "./adapter.js";

/** All of them, whatever their API: one that nothing here can replay fails. */
const cases = recordings("azure").filter(({ expected }) => expected?.kind !== "skip");

let server: ReplayServer;
beforeAll(async () => {
  server = await ReplayServer.start();
});
afterAll(() => server.stop());

const messages = [{ role: "user" as const, content: "Hi" }];
const apiKey = "0123456789abcdef0123456789abcdef";

const isConversation = (api: string): api is OpenAIApi => /^(chat|responses|completions)$/.test(api);

/** An adapter for the very URL that was recorded, but for its host. */
function backendFor({ request, api }: Recording): LLMBackend {
  const query = (request as { query?: string | null }).query;
  const baseURL = `${server.url}${request.path?.replace(/^\/\//, "/")}${query ? `?${query}` : ""}`;
  return azure({ baseURL, apiKey, ...(isConversation(api) && { api }) }).createBackend();
}

async function check(recording: Recording): Promise<void> {
  const { expected, api, wire, response } = recording;
  const backend = backendFor(recording);
  if (api === "embeddings") {
    const { embeddings, usage } = await backend.embed!({ model: "m", values: ["a"] });
    expect([embeddings.length, embeddings[0]?.length]).toEqual([expected?.embeddings, expected?.dimensions]);
    expect(usage.inputTokens.total ?? null).toBe((expected?.usage as { input: unknown } | undefined)?.input);
    const sent = (response.body as { data: { embedding: number[] }[] }).data[0]?.embedding as number[];
    expect([...(embeddings[0] as Float32Array)]).toEqual([...Float32Array.from(sent)]);
  } else {
    if (!isConversation(api)) throw new Error(`nothing here replays recordings of the API ${api}`);
    const run = wire === "sse" ? backend.stream({ model: "m", messages }) : backend.generate({ model: "m", messages });
    expect(mismatches(await outcomeOf(run as AsyncIterable<StreamEvent>), expected!)).toEqual([]);
  }
  const { path } = server.requests.at(-1)!;
  // It went where the recorded request went.
  const wanted = new URL(`http://x${recording.request.path?.replace(/^\/\//, "/")}`).pathname;
  expect(new URL(`http://x${path}`).pathname).toBe(wanted);
}

describe("what each recording must give", () => {
  it.each(cases.map((recording) => [recording.id, recording] as const))(
    "%s, however it is cut",
    async (_, recording) => {
      server.serve(recording);
      await check(recording);
      for (const seed of [1, 2, 3]) {
        server.serve(recording, { seed });
        await check(recording);
      }
    },
  );
});

describe("a stream that is cut", () => {
  const streams = cases.filter(
    ({ wire, api, expected }) => wire === "sse" && api === "chat" && expected?.kind === "result",
  );
  it.each(streams.map((recording) => [recording.id, recording] as const))(
    "%s, before its end marker",
    async (_, recording) => {
      const bytes = wireBytes(recording);
      const marker = Buffer.from(bytes).lastIndexOf("data: [DONE]") + "data: [DONE]".length;
      for (const endAfter of [0, bytes.length >> 1, marker - 13, marker - 1, marker]) {
        server.serve(recording, { endAfter });
        const outcome = await outcomeOf(backendFor(recording).stream({ model: "m", messages }));
        expect(outcome.kind, `cut at ${endAfter}`).toBe(endAfter === marker ? "result" : "error");
        if (outcome.kind === "error") expect(outcome.error.kind).toBe("connection");
      }
    },
  );
});

describe("the content filter", () => {
  const find = (id: string): Recording | undefined => cases.find((recording) => recording.id === id);

  it("has its results kept, put together over a stream", async ({ skip }) => {
    const recording = find("azure__parallel-tools-stream__01");
    if (!recording) return skip("the recordings are missing");
    server.serve(recording);
    const { providerMetadata } = await collect(backendFor(recording).stream({ model: "m", messages }));
    expect(providerMetadata?.azure?.prompt_filter_results?.[0]).toMatchObject({
      prompt_index: 0,
      content_filter_results: { jailbreak: { filtered: false } },
    });
    // From two chunks that came after the last word.
    expect(providerMetadata?.azure?.content_filter_results).toMatchObject({
      hate: { filtered: false, severity: "safe" },
      protected_material_text: { filtered: false, detected: false },
    });
    expect(providerMetadata?.azure?.content_filter_offsets).toMatchObject({ end_offset: 2318 });
  });

  it("that refuses a prompt is told with what it found", async ({ skip }) => {
    const recording = find("azure__error-content-filter__01");
    if (!recording) return skip("the recordings are missing");
    server.serve(recording);
    const error = await backendFor(recording)
      .generate({ model: "m", messages })
      .catch((error: unknown) => error as Error);
    expect(error).toMatchObject({
      kind: "content-policy",
      status: 400,
      message: expect.stringContaining("(filtered: sexual)"),
    });
    expect((error as { cause: { error: { innererror: object } } }).cause.error.innererror).toMatchObject({
      content_filter_result: { sexual: { filtered: true, severity: "high" } },
    });
  });

  it("a deployment that is not there is named", async ({ skip }) => {
    const recording = find("azure__error-404__01");
    if (!recording) return skip("the recordings are missing");
    server.serve(recording);
    await expect(backendFor(recording).generate({ model: "m", messages })).rejects.toMatchObject({
      kind: "not-found",
      code: "DeploymentNotFound",
      message: expect.stringContaining('"gpt-5-nano"'),
    });
  });
});
