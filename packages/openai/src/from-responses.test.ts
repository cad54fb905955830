import { type AdapterResult, isLLMError } from "@llmux/core/adapter";
import type { Response } from "openai/resources/responses/responses";
import { describe, expect, it } from "vitest";
import { fromResponses as fromHost } from "./from-responses.js";

const fromResponses = (body: Response, provider = "openai"): AdapterResult => fromHost(body, { provider });

function response(facts: object): Response {
  return {
    id: "resp_1",
    model: "gpt-x",
    created_at: 1,
    status: "completed",
    error: null,
    output: [],
    ...facts,
  } as unknown as Response;
}

function message(...content: object[]): object {
  return { type: "message", id: "msg_1", role: "assistant", status: "completed", content };
}

describe("fromResponses", () => {
  it("counts the provider's offsets, which are characters, in UTF-16 units", () => {
    const text = "👍👍 see [A](https://a.test/).";
    const annotation = { type: "url_citation", url: "https://a.test/", title: "A", start_index: 7, end_index: 27 };
    const file = { type: "file_citation", file_id: "file_1", filename: "a.pdf", index: 2 };
    const result = fromResponses(
      response({ output: [message({ type: "output_text", text, annotations: [annotation, file] })] }),
    );
    expect(result.content[0]).toMatchObject({
      citations: [
        { url: "https://a.test/", title: "A", text: "[A](https://a.test/)", start: 9, end: 29, raw: annotation },
        { title: "a.pdf", start: 4, raw: file },
      ],
    });
  });

  it("keeps logprobs with the text they are of", () => {
    const logprobs = [{ token: "Hi", bytes: [72, 105], logprob: -0.1, top_logprobs: [] }];
    const result = fromResponses(
      response({ output: [message({ type: "output_text", text: "Hi", annotations: [], logprobs })] }),
    );
    expect(result.content[0]).toEqual({
      type: "text",
      text: "Hi",
      providerMetadata: { openai: { id: "msg_1", status: "completed", logprobs } },
    });
  });

  it("tells a refusal for one", () => {
    const result = fromResponses(response({ output: [message({ type: "refusal", refusal: "No." })] }));
    expect(result.content).toEqual([{ type: "refusal", text: "No." }]);
    expect(result.finishReason).toEqual({ unified: "content-filter", raw: "completed" });
  });

  it("gives an image that the model made as an image", () => {
    const item = {
      type: "image_generation_call",
      id: "ig_1",
      status: "completed",
      result: "aGk=",
      output_format: "webp",
    };
    expect(fromResponses(response({ output: [item] })).content).toEqual([
      {
        type: "image",
        data: "aGk=",
        mediaType: "image/webp",
        providerMetadata: {
          openai: { type: "image_generation_call", id: "ig_1", status: "completed", output_format: "webp" },
        },
      },
    ]);
    const failed = { ...item, status: "failed", result: null };
    expect(fromResponses(response({ output: [failed] })).content).toEqual([
      { type: "provider", provider: "openai", value: failed },
    ]);
  });

  it("says that the application is to act on the calls that the provider leaves to it", () => {
    const shell = { type: "shell_call", id: "sh_1", call_id: "call_1", action: { commands: ["ls"] } };
    const ran = { type: "shell_call_output", id: "sho_1", call_id: "call_1", output: [] };
    const finish = (...output: object[]): string => fromResponses(response({ output })).finishReason.unified;
    expect(finish(shell)).toBe("tool-calls");
    expect(finish(shell, ran)).toBe("stop");
    expect(finish({ type: "computer_call", id: "cu_1", call_id: "call_1" })).toBe("tool-calls");
    expect(finish({ type: "mcp_approval_request", id: "mcpr_1" })).toBe("tool-calls");
    expect(finish({ type: "tool_search_call", id: "ts_1", call_id: null })).toBe("stop");
    expect(finish({ type: "web_search_call", id: "ws_1" })).toBe("stop");
  });

  it("makes up no reason to have finished", () => {
    for (const status of ["queued", "in_progress", "cancelled"]) {
      expect(fromResponses(response({ status })).finishReason).toEqual({ unified: "other", raw: status });
    }
    expect(fromResponses(response({ status: undefined })).finishReason).toEqual({ unified: "other", raw: undefined });
  });

  it("counts tokens, and none that were not reported", () => {
    const usage = {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 17,
    };
    expect(fromResponses(response({ usage })).usage).toEqual({
      inputTokens: { total: 10, cacheRead: 4, cacheWrite: 3 },
      outputTokens: { total: 7, reasoning: 5 },
      raw: usage,
    });
    const bare = { input_tokens: 10, output_tokens: 7, input_tokens_details: null };
    expect(fromResponses(response({ usage: bare })).usage).toEqual({
      inputTokens: { total: 10, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: 7, reasoning: undefined },
      raw: bare,
    });
    expect(fromResponses(response({ usage: null })).usage.raw).toBeUndefined();
  });

  it("keeps what only this provider says of a response, under the adapter's id", () => {
    const content_filters = [{ blocked: false, source_type: "prompt" }];
    const result = fromResponses(response({ content_filters, service_tier: "flex" }), "azure");
    expect(result.providerMetadata).toEqual({ azure: { status: "completed", service_tier: "flex", content_filters } });
  });

  it.each([
    [{ status: "failed", error: { code: "server_error", message: "Boom" } }, "server", true],
    [{ status: "failed", error: { code: "rate_limit_exceeded", message: "Slow down" } }, "rate-limit", true],
    [{ status: "failed", error: { code: "invalid_image_url", message: "No image there" } }, "invalid-request", false],
    [{ status: "failed", error: { code: "image_content_policy_violation", message: "No" } }, "content-policy", false],
    [
      { status: "failed", error: { code: "context_length_exceeded", message: "Too long" } },
      "context-window-exceeded",
      false,
    ],
    [{ status: "failed", error: null }, "server", true],
    [
      { status: undefined, output: undefined, error: { code: "insufficient_quota", message: "Pay" } },
      "quota-exceeded",
      false,
    ],
    [{ output: undefined }, "malformed-response", false],
    [{ output: [null] }, "malformed-response", false],
  ] as const)("throws what %j says", (facts, kind, retryable) => {
    try {
      fromResponses(response(facts));
    } catch (error) {
      if (!isLLMError(error)) throw error;
      expect([error.kind, error.retryable]).toEqual([kind, retryable]);
      return;
    }
    expect.unreachable();
  });

  it.each([null, "<html>", 7, []])("throws for %j, which is no response", (body) => {
    expect(() => fromResponses(body as never)).toThrow(expect.objectContaining({ kind: "malformed-response" }));
  });
});
