import { describe, expect, it } from "vitest";
import { readModelName } from "./model-name.js";

describe("the name of a model", () => {
  it.each([
    ["meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B", undefined, undefined],
    ["meta-llama/Llama-3.1-8B:groq", "meta-llama/Llama-3.1-8B", "groq", undefined],
    ["meta-llama/Llama-3.1-8B:fastest", "meta-llama/Llama-3.1-8B", undefined, "fastest"],
    ["meta-llama/Llama-3.1-8B:auto", "meta-llama/Llama-3.1-8B", undefined, undefined],
    ["together/deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-R1", "together", undefined],
    ["together/deepseek-ai/DeepSeek-R1:cheapest", "deepseek-ai/DeepSeek-R1", "together", "cheapest"],
    ["together/deepseek-ai/DeepSeek-R1:groq", "deepseek-ai/DeepSeek-R1", "groq", undefined],
    ["gpt2", "gpt2", undefined, undefined],
    ["gpt2:hf-inference", "gpt2", "hf-inference", undefined],
    ["org/name:", "org/name", undefined, undefined],
  ])("%s", (model, id, provider, policy) => {
    expect(readModelName(model)).toEqual({ id, provider, policy });
  });

  it("is no URL: the key would go there", () => {
    expect(() => readModelName("https://evil.example/v1")).toThrow(/baseURL/);
  });
});
