import { collect, type GenerateRequest, type GenerateResult, type LLMBackend } from "@llmux/core";
import { mismatches, outcomeOf, type Recording, ReplayServer, recordings, wireBytes } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bedrock } from "./adapter.js";

const all = recordings("bedrock");
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
});
