import { describe, expect, it } from "vitest";
import { envError, readEnv } from "./env.js";
import { ENV_VARIABLES } from "./env-variables.js";

describe("readEnv", () => {
  it("has the mission's defaults", () => {
    expect(readEnv({})).toEqual({
      model: undefined,
      embeddingModel: undefined,
      retry: { retries: 8, minWait: 15_000, maxWait: 120_000 },
      faults: [],
    });
  });

  it("knows the nine variables, and which of them is a key", () => {
    expect(ENV_VARIABLES.map(({ name }) => name)).toEqual([
      "LLM_MODEL",
      "LLM_API_KEY",
      "LLM_BASE_URL",
      "LLM_EMBEDDING_MODEL",
      "LLM_EMBEDDING_DEPLOYMENT_NAME",
      "LLM_API_VERSION",
      "LLM_NUM_RETRIES",
      "LLM_RETRY_MIN_WAIT",
      "LLM_RETRY_MAX_WAIT",
    ]);
    expect(ENV_VARIABLES.filter(({ secret }) => secret).map(({ name }) => name)).toEqual(["LLM_API_KEY"]);
    expect(ENV_VARIABLES.slice(6).map((one) => one.default)).toEqual(["8", "15", "120"]);
  });

  it("reads what is set, in seconds, with blanks around it cut", () => {
    expect(
      readEnv({
        LLM_MODEL: " openai/gpt-4o ",
        LLM_EMBEDDING_MODEL: "ollama/nomic-embed-text",
        LLM_NUM_RETRIES: "3",
        LLM_RETRY_MIN_WAIT: "0.5",
        LLM_RETRY_MAX_WAIT: "2",
      }),
    ).toEqual({
      model: "openai/gpt-4o",
      embeddingModel: "ollama/nomic-embed-text",
      retry: { retries: 3, minWait: 500, maxWait: 2000 },
      faults: [],
    });
  });

  it("takes an empty variable for one that is not set", () => {
    const empty = Object.fromEntries(ENV_VARIABLES.map(({ name }, index) => [name, index % 2 ? "" : "  "]));
    expect(readEnv(empty)).toEqual(readEnv({}));
  });

  it.each([
    ["openai", "openai"],
    ["azureopenai", "azure"],
    ["AzureOpenAI", "azure"],
    ["local", "ollama"],
    ["openai/text-embedding-3-small", "openai/text-embedding-3-small"],
  ])("understands the older embedding name %s", (value, expected) => {
    expect(readEnv({ LLM_EMBEDDING_MODEL: value }).embeddingModel).toBe(expected);
  });

  it("fits one wait's default to the other", () => {
    expect(readEnv({ LLM_RETRY_MAX_WAIT: "5" }).retry).toMatchObject({ minWait: 5000, maxWait: 5000 });
    expect(readEnv({ LLM_RETRY_MIN_WAIT: "300" }).retry).toMatchObject({ minWait: 300_000, maxWait: 300_000 });
  });

  it.each([
    ["LLM_NUM_RETRIES", "-1", "a whole number"],
    ["LLM_NUM_RETRIES", "2.5", "a whole number"],
    ["LLM_NUM_RETRIES", "many", "a whole number"],
    ["LLM_RETRY_MIN_WAIT", "15s", "seconds"],
    ["LLM_RETRY_MIN_WAIT", "-1", "seconds"],
    ["LLM_RETRY_MAX_WAIT", "Infinity", "seconds"],
    ["LLM_RETRY_MAX_WAIT", "99999999", "24 days"],
    ["LLM_RETRY_MIN_WAIT", "99999999", "24 days"],
    ["LLM_MODEL", "/gpt", "prefix/model"],
    ["LLM_MODEL", "openai/", "prefix/model"],
    ["LLM_MODEL", "openai gpt", "prefix/model"],
    ["LLM_EMBEDDING_MODEL", "openai/", "prefix/model"],
  ])("says what is wrong with %s=%s", (variable, value, message) => {
    expect(readEnv({ [variable]: value }).faults).toEqual([
      { variable, value, message: expect.stringContaining(message) },
    ]);
  });

  it("says that the waits contradict each other", () => {
    const { faults } = readEnv({ LLM_RETRY_MIN_WAIT: "20", LLM_RETRY_MAX_WAIT: "10" });
    expect(faults).toEqual([
      { variable: "LLM_RETRY_MAX_WAIT", value: "10", message: "expected at least LLM_RETRY_MIN_WAIT, which is 20" },
    ]);
  });

  it("gathers all faults, and the error shows them all", () => {
    const { faults } = readEnv({
      LLM_MODEL: "/",
      LLM_EMBEDDING_MODEL: "/",
      LLM_NUM_RETRIES: "x",
      LLM_RETRY_MIN_WAIT: "y",
      LLM_RETRY_MAX_WAIT: "z",
    });
    expect(faults).toHaveLength(5);
    const { message, kind } = envError(
      [...faults, { variable: "ACME_API_KEY", value: undefined, message: "expected a key" }],
      "invalid-request",
    );
    expect(kind).toBe("invalid-request");
    for (const text of [
      'LLM_MODEL is "/"',
      'LLM_NUM_RETRIES is "x": expected',
      "ACME_API_KEY is not set: expected a key",
    ]) {
      expect(message).toContain(text);
    }
  });
});
