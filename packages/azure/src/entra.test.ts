import { isLLMError } from "@llmux/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type AzureToken, explainFailures, tokenProvider } from "./entra.js";

afterEach(() => {
  vi.useRealTimers();
  vi.doUnmock("@azure/identity");
});

describe("tokens", () => {
  it("are asked for once, and again when they are to be renewed", async () => {
    vi.useFakeTimers({ now: 0 });
    const asked: string[] = [];
    const give = (): AzureToken => ({ token: `token-${asked.length}`, expiresOnTimestamp: Date.now() + 3_600_000 });
    const provider = tokenProvider({
      async getToken(scope) {
        asked.push(scope);
        return give();
      },
    });
    expect(await Promise.all([provider(), provider(), provider()])).toEqual(["token-1", "token-1", "token-1"]);
    vi.setSystemTime(54 * 60_000);
    expect(await provider()).toBe("token-1");
    vi.setSystemTime(56 * 60_000);
    expect(await provider()).toBe("token-2");
    expect(asked).toEqual(Array(2).fill("https://cognitiveservices.azure.com/.default"));
  });

  it("are asked for again after a failure", async () => {
    let calls = 0;
    const provider = tokenProvider({
      getToken: async () => {
        if (calls++ === 0) throw new Error("not yet");
        return { token: "t", expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
      },
    });
    await expect(provider()).rejects.toThrow("not yet");
    expect(await provider()).toBe("t");
  });

  it("that can't be had are a failure to authenticate", async () => {
    const provider = explainFailures(tokenProvider({ getToken: async () => null }));
    await expect(provider()).rejects.toSatisfy((error) => isLLMError(error, "authentication"));
  });

  // Only a mock can show a package that is not installed where it is.
  it("need a package that says so when it is missing", async () => {
    vi.doMock("@azure/identity", () => {
      throw new Error("Cannot find package '@azure/identity'");
    });
    const provider = explainFailures(tokenProvider());
    await expect(provider()).rejects.toMatchObject({
      kind: "authentication",
      message: expect.stringMatching(/AZURE_OPENAI_API_KEY.*npm install @azure\/identity/),
    });
  });
});
