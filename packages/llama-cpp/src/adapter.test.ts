import { createLLM } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { type LlamaCppConfig, readConfig } from "./config.js";
import { type LlamaCppOptions, llamaCpp } from "./index.js";

describe("llamaCpp", () => {
  it("reads its settings from the environment", async () => {
    const variables = {
      LLAMA_CPP_MODELS_DIR: "/models",
      LLAMA_CPP_CONTEXT_SIZE: "4096",
      LLAMA_CPP_GPU: "cpu",
      LLAMA_CPP_THREADS: "2",
    };
    const settings = await llamaCpp.describe({ variables });
    expect(settings.map(({ field, value }) => [field, value])).toEqual([
      ["modelsDirectory", "/models"],
      ["contextSize", "4096"],
      ["gpu", "cpu"],
      ["threads", "2"],
    ]);
    expect(() => llamaCpp.createBackend({ variables })).not.toThrow();
    expect(() => llamaCpp.createBackend({ variables: { LLAMA_CPP_GPU: "tpu" } })).toThrow(
      /gpu is "tpu"; expected auto/,
    );
  });

  it.each(["llama-cpp//nowhere/m.gguf", "llama_cpp//nowhere/m.gguf", "gguf//nowhere/m.gguf"])(
    "takes the path after its prefix: %s",
    async (model) => {
      const llm = createLLM({ adapters: [llamaCpp], model });
      await expect(llm.generate({ messages: [{ role: "user", content: "Hi" }] })).rejects.toMatchObject({
        kind: "not-found",
        model: "/nowhere/m.gguf",
        message: expect.stringContaining("Looked at /nowhere/m.gguf."),
      });
    },
  );

  it("says what it has no use for before it looks for the model", async () => {
    const backend = llamaCpp({ modelsDirectory: "/nowhere" }).createBackend();
    const request = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };
    await expect(backend.generate({ ...request, headers: { a: "b" } })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "headers",
    });
    await expect(backend.generate({ ...request, maxTokens: 0 })).rejects.toMatchObject({
      kind: "invalid-request",
      parameter: "maxTokens",
    });
    await expect(backend.embed!({ model: "m", values: ["a"], dimensions: 3 })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "dimensions",
    });
    await expect(backend.listModels!()).rejects.toMatchObject({ kind: "not-found", parameter: "modelsDirectory" });
  });
});

describe("a confined adapter", () => {
  it("lets requests neither name files nor take memory", async () => {
    const backend = llamaCpp({ modelsDirectory: "/nowhere", confined: true }).createBackend();
    const ask = (options: LlamaCppOptions): Promise<unknown> =>
      backend.generate({
        model: "m",
        messages: [{ role: "user", content: "Hi" }],
        providerOptions: { "llama-cpp": options },
      });
    await expect(ask({ lora: "/etc/passwd" })).rejects.toMatchObject({ kind: "permission", message: /lora/ });
    await expect(ask({ contextSize: 9 })).rejects.toMatchObject({ kind: "permission", message: /contextSize/ });
    await expect(ask({ minP: 0.1 })).rejects.toMatchObject({ kind: "not-found" });
  });
});

describe("readConfig", () => {
  it.each<[LlamaCppConfig, object]>([
    [{}, { gpu: "auto", parallel: 1, maxModels: 3, confined: false }],
    [
      { gpu: "cpu", contextSize: "auto" },
      { gpu: false, contextSize: "auto" },
    ],
    [
      { gpu: false, contextSize: "512", threads: "3" },
      { gpu: false, contextSize: 512, threads: 3 },
    ],
    [
      { contextSize: { max: 9 }, threads: { min: 1 }, lora: "l" },
      { contextSize: { max: 9 }, threads: { min: 1 }, lora: "l" },
    ],
  ])("reads %j", (config, settings) => {
    expect(readConfig(config)).toMatchObject(settings);
  });

  it.each<[LlamaCppConfig, string]>([
    [{ gpu: "tpu" as "auto" }, "gpu"],
    [{ contextSize: "4k" }, "contextSize"],
    [{ contextSize: 0 }, "contextSize"],
    [{ threads: "-1" }, "threads"],
    [{ parallel: 0.5 }, "parallel"],
    [{ maxModels: Number.NaN }, "maxModels"],
  ])("refuses %j", (config, parameter) => {
    expect(() => readConfig(config)).toThrow(expect.objectContaining({ kind: "invalid-request", parameter }));
  });
});
