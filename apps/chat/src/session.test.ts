import { expect, it } from "vitest";
import { isUnset, withModel } from "./session.js";

const env = {
  LLM_MODEL: "openai/gpt-4o",
  LLM_API_KEY: "k",
  LLM_BASE_URL: "http://127.0.0.1:9/v1",
  OPENAI_API_KEY: "o",
};

it("keeps the key and the address for another model of the same provider", async () => {
  expect(await withModel(env, "openai/o3")).toEqual({ ...env, LLM_MODEL: "openai/o3" });
  expect(await withModel({ LLM_API_KEY: "k" }, "anthropic/x")).toEqual({ LLM_API_KEY: "k", LLM_MODEL: "anthropic/x" });
});

it("sends no provider another's key or address", async () => {
  const changed = await withModel(env, "anthropic/claude-opus-4-6");
  expect(changed).toMatchObject({
    LLM_MODEL: "anthropic/claude-opus-4-6",
    LLM_API_KEY: undefined,
    LLM_BASE_URL: undefined,
  });
  expect(changed.OPENAI_API_KEY).toBe("o");
  expect((await withModel({ ...env, LLM_EMBEDDING_MODEL: "openai" }, "ollama/x")).LLM_EMBEDDING_MODEL).toBeUndefined();
});

it("takes the environment for unset only where nothing points to a provider", () => {
  expect(isUnset({ LLM_MODEL: " ", LLM_NUM_RETRIES: "2", OPENAI_API_KEY: "o" })).toBe(true);
  for (const name of ["LLM_MODEL", "LLM_API_KEY", "LLM_BASE_URL", "LLM_EMBEDDING_MODEL"]) {
    expect(isUnset({ [name]: "x" })).toBe(false);
  }
});
