import { anthropic } from "@llmux/anthropic";
import type { GenerateRequest, GenerateResult, LLMBackend } from "@llmux/core";
import { openai } from "@llmux/openai";
import { outcomeOf, type Recording, ReplayServer, recordings } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelFacts } from "./create-prices.js";
import { withCost } from "./with-cost.js";

const messages: GenerateRequest["messages"] = [{ role: "user", content: "Hi" }];
const all = [...recordings("anthropic", "messages"), ...recordings("openai", "chat", "responses")].filter(
  ({ expected, response }) => expected?.kind === "result" && response.status === 200,
);

let server: ReplayServer;
let backends: Record<string, (api: string) => LLMBackend>;
beforeAll(async () => {
  server = await ReplayServer.start();
  backends = {
    anthropic: () => anthropic({ apiKey: "sk-ant-test", baseURL: server.url }).createBackend(),
    openai: (api) =>
      openai({ apiKey: "sk-test", baseURL: server.url, api: api as "chat" | "responses" }).createBackend(),
  };
});
afterAll(() => server.stop());

describe.skipIf(all.length === 0)("recorded answers", () => {
  it.each(all.map((recording) => [recording.id, recording] as const))("%s", async (_, recording) => {
    server.serve(recording);
    const result = await replay(recording);
    const known = [result.model, result.response.model].some((model) => modelFacts(`${recording.provider}/${model}`));
    const counted = result.usage.inputTokens.total !== undefined && result.usage.outputTokens.total !== undefined;
    const unpriced = result.warnings.filter(({ message }) => /not known/.test(message));
    if (known && counted) {
      expect(unpriced).toEqual([]);
      expect(result.cost?.total).toBeGreaterThanOrEqual(0);
    } else {
      expect(unpriced).toHaveLength(1);
      expect(result.cost).toBeUndefined();
    }
  });

  it("are mostly of models that the list has", async () => {
    const listed = all.filter(({ request, provider }) => modelFacts(`${provider}/${request.body?.model}`));
    expect(listed.length).toBeGreaterThan(all.length / 2);
  });
});

async function replay({ provider, api, wire, request }: Recording): Promise<GenerateResult> {
  const backend = withCost(backends[provider]!(api));
  const asked = { model: (request.body?.model as string | undefined) ?? "unnamed", messages };
  const outcome = await outcomeOf(wire === "sse" ? backend.stream(asked) : backend.generate(asked));
  if (outcome.kind !== "result") throw new Error(`${provider} failed`, { cause: outcome });
  return outcome.result;
}
