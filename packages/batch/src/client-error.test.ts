import { LLMError } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { clientError } from "./client-error.js";
import { anthropicSDK, openaiSDK } from "./testing/sdks.js";

const OpenAI = await openaiSDK();
const Anthropic = await anthropicSDK();

/** What the SDKs throw where nobody listens, and for each answer. */
async function thrownBy(url: string, fetch?: typeof globalThis.fetch): Promise<unknown[]> {
  const options = { apiKey: "k", baseURL: url, maxRetries: 0, fetch };
  return Promise.all([
    new OpenAI(options).batches.retrieve("x").then(undefined, (error: unknown) => error),
    new Anthropic(options).messages.batches.retrieve("x").then(undefined, (error: unknown) => error),
  ]);
}

const answering =
  (status: number, error: object): typeof fetch =>
  async () =>
    new Response(JSON.stringify({ error }), {
      status,
      headers: { "retry-after": "2", "content-type": "application/json" },
    });

describe("clientError", () => {
  it("tells a provider that can't be reached", async () => {
    for (const thrown of await thrownBy("http://127.0.0.1:1"))
      expect(clientError(thrown, "acme", undefined)).toMatchObject({
        kind: "connection",
        retryable: true,
        provider: "acme",
      });
  });

  it("tells a client's own failure of a connection, whatever its cause", async () => {
    const broken = async (): Promise<Response> => {
      throw new Error("something strange");
    };
    for (const thrown of await thrownBy("http://localhost", broken))
      expect(clientError(thrown, "acme", undefined)).toMatchObject({ kind: "connection" });
  });

  it("tells a spent quota from a rate that is too high, which share a status", async () => {
    for (const thrown of await thrownBy("http://localhost", answering(429, { message: "slow down" })))
      expect(clientError(thrown, "acme", undefined)).toMatchObject({
        kind: "rate-limit",
        retryAfter: 2000,
        status: 429,
      });
    const spent = answering(429, {
      message: "You exceeded it: check your plan and billing details",
      code: "insufficient_quota",
    });
    for (const thrown of await thrownBy("http://localhost", spent))
      expect(clientError(thrown, "acme", undefined)).toMatchObject({ kind: "quota-exceeded", retryable: false });
  });

  it("leaves alone what is no client's", () => {
    for (const thrown of [new LLMError({ kind: "server", message: "x" }), new RangeError("a bug"), "text"])
      expect(clientError(thrown, "acme", undefined)).toBe(thrown);
  });
});
