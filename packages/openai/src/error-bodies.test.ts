import { describe, expect, it } from "vitest";
import { openai } from "./adapter.js";

/** What a call fails with where the server answers so. */
async function failure(status: number, body: string, type = "application/json"): Promise<unknown> {
  const fetch = async (): Promise<Response> => new Response(body, { status, headers: { "content-type": type } });
  const backend = openai({ apiKey: "sk-0123456789abcdef", fetch }).createBackend();
  return backend.generate({ model: "m", messages: [{ role: "user", content: "Hi" }] }).catch((error: unknown) => error);
}

describe("an error's body", () => {
  it.each<[string, number, unknown, object]>([
    [
      "vLLM's, which is the error itself",
      400,
      {
        object: "error",
        message: "This model's maximum context length is 8 tokens",
        type: "BadRequestError",
        code: 400,
      },
      { kind: "context-window-exceeded", code: "400" },
    ],
    ["FastAPI's", 401, { detail: "Unauthorized" }, { kind: "authentication", message: "Unauthorized" }],
    [
      "FastAPI's, of a body that it does not like",
      422,
      { detail: [{ loc: ["body", "user"], msg: "extra fields not permitted" }] },
      { kind: "invalid-request", message: expect.stringContaining("extra fields not permitted") },
    ],
    [
      "xAI's, with the message where others have an object",
      400,
      { code: "Client specified an invalid argument", error: "Incorrect API key provided: xa***" },
      { kind: "authentication", code: "Client specified an invalid argument" },
    ],
    [
      "Gemini's, in a list",
      429,
      [{ error: { code: 429, message: "Quota is out", status: "RESOURCE_EXHAUSTED" } }],
      { kind: "rate-limit", message: "Quota is out" },
    ],
    [
      "Cloudflare's list",
      400,
      { success: false, errors: [{ code: 5007, message: "No such model" }] },
      { code: "5007" },
    ],
    [
      "Databricks'",
      403,
      { error_code: "PERMISSION_DENIED", message: "You shall not" },
      { kind: "permission", code: "PERMISSION_DENIED", message: "You shall not" },
    ],
    ["OpenAI's own", 429, { error: { code: "insufficient_quota", message: "Pay" } }, { kind: "quota-exceeded" }],
    ["a string", 500, "Out of order", { kind: "server", message: "Out of order" }],
    ["null", 500, null, { kind: "server", status: 500 }],
    ["a list of nothing", 500, [], { kind: "server", status: 500 }],
    ["prototype keys", 400, { __proto__: null, constructor: 1 }, { kind: "invalid-request" }],
  ])("%s, is understood", async (_, status, body, facts) => {
    expect(await failure(status, JSON.stringify(body))).toMatchObject({ status, ...facts });
  });

  it("that is no JSON is shown", async () => {
    expect(await failure(502, "<html>Bad Gateway</html>", "text/html")).toMatchObject({
      kind: "server",
      message: expect.stringContaining("<html>Bad Gateway</html>"),
    });
    expect(await failure(503, "")).toMatchObject({ kind: "overloaded" });
  });
});
