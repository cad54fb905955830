import { collect, type GenerateRequest, LLMError } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { describe, expect, it } from "vitest";
import { createBalancer } from "./create-balancer.js";
import type { Deployment } from "./deployment.js";

const request = (model?: string): GenerateRequest => ({ model, messages: [{ role: "user", content: "Hi" }] });
const echo = (name: string): Deployment => ({
  name,
  backend: mockBackend(({ model }) => `${name} as ${model}`, { provider: name }),
  model: `${name}-model`,
});

describe("createBalancer", () => {
  const llm = createBalancer({
    models: { "gpt-4o": [echo("azure")], claude: { deployments: [echo("bedrock")], maxTries: 1 } },
  });

  it("sends each model to its deployments", async () => {
    expect((await llm.generate(request("gpt-4o"))).text).toBe("azure as azure-model");
    expect((await collect(llm.stream(request("claude")))).text).toBe("bedrock as bedrock-model");
    expect((await llm.embed!({ model: "gpt-4o", values: ["a"] })).attempts).toMatchObject([{ deployment: "azure" }]);
    expect(llm.status().map(({ group, name, calls }) => [group, name, calls])).toEqual([
      ["gpt-4o", "azure", 2],
      ["claude", "bedrock", 1],
    ]);
  });

  it("names the models that there are, for one that there is not", async () => {
    const unknown = {
      kind: "invalid-request",
      parameter: "model",
      message: "There is no model gpt-5, but gpt-4o, claude",
    };
    await expect(llm.generate(request("gpt-5"))).rejects.toMatchObject(unknown);
    await expect(llm.embed!({ model: "gpt-5", values: [] })).rejects.toMatchObject(unknown);
    const stream = llm.stream(request("gpt-5"));
    await expect(collect(stream)).rejects.toMatchObject(unknown);
    await expect(llm.generate(request())).rejects.toMatchObject({ message: "model must be one of gpt-4o, claude" });
    await expect(llm.generate(request("toString"))).rejects.toMatchObject({ kind: "invalid-request" });
  });

  it("lists its models, and those of what else there is", async () => {
    expect(await llm.listModels!()).toEqual([{ id: "gpt-4o" }, { id: "claude" }]);
    const other = { ...mockBackend("other"), listModels: async () => [{ id: "other" }] };
    const both = createBalancer({ models: { "gpt-4o": [echo("azure")] }, fallthrough: other });
    expect(await both.listModels!()).toEqual([{ id: "gpt-4o" }, { id: "other" }]);
    expect(await both.listModels!({ provider: "x" })).toEqual([{ id: "other" }]);
  });

  it("lets other models through untouched", async () => {
    const other = mockBackend("other", { provider: "other" });
    const both = createBalancer({ models: { "gpt-4o": [echo("azure")] }, fallthrough: other });
    const asked = request("x/y");
    const result = await both.generate(asked);
    expect([result.text, result.attempts, other.requests[0] === asked]).toEqual(["other", undefined, true]);
    expect((await collect(both.stream(request()))).text).toBe("other");
    expect((await both.embed!({ values: ["a"] })).provider).toBe("other");
  });

  it("says what a model's deployments lack, and shares nothing between models", async () => {
    const { embed: _, ...bare } = mockBackend(new LLMError({ kind: "rate-limit", message: "slow", retryAfter: 5000 }));
    const both = createBalancer({ models: { chat: [{ name: "same", backend: bare }], full: [{ ...echo("same") }] } });
    await expect(both.embed!({ model: "chat", values: [] })).rejects.toMatchObject({
      kind: "unsupported",
      message: "No deployment of chat has the call embed",
    });
    await expect(both.generate(request("chat"))).rejects.toMatchObject({ kind: "rate-limit" });
    expect((await both.generate(request("full"))).text).toBe("same as same-model");
    expect(both.status().map(({ state }) => state)).toEqual(["cooling", "well"]);
    expect("rerank" in both).toBe(false);
  });
});
