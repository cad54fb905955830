import type { Adapter } from "@llmux/core";
import type { BatchDriver, DriverAnswer, PreparedRequest } from "./batch-driver.js";
import { CapturedCalls } from "./captured-calls.js";

interface CallOptions {
  signal?: AbortSignal | undefined;
  headers?: Record<string, string> | undefined;
}

/** What is used of a client of `@anthropic-ai/sdk`. */
export interface AnthropicBatchClient {
  messages: {
    batches: {
      // The adapter made the parameters.
      create(
        body: { requests: { custom_id: string; params: never }[] },
        options?: CallOptions,
      ): PromiseLike<{ id: string }>;
      retrieve(id: string, params?: null, options?: CallOptions): PromiseLike<{ processing_status: string }>;
      results(id: string, params?: undefined, options?: CallOptions): PromiseLike<AsyncIterable<AnthropicAnswer>>;
    };
  };
}

export interface AnthropicAnswer {
  custom_id: string;
  result:
    | { type: "succeeded"; message: object }
    | { type: "errored"; error: object }
    | { type: "canceled" | "expired" };
}

export interface AnthropicBatchOptions {
  /** `new Anthropic()`. */
  client: AnthropicBatchClient;
  /** `(fetch) => anthropic({ fetch, apiKey: "unused" })`: it translates, and sends nothing. */
  adapter: (fetch: typeof globalThis.fetch) => Adapter;
}

/** HTTP status of each type of error (https://platform.claude.com/docs/en/api/errors): a batch's answers come without one. */
const STATUS: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

/** Anthropic's Message Batches API (https://platform.claude.com/docs/en/build-with-claude/batch-processing). */
export function anthropicBatch({ client, adapter }: AnthropicBatchOptions): BatchDriver {
  const calls = new CapturedCalls(adapter);
  const { batches } = client.messages;
  return {
    provider: "anthropic",
    limits: { requests: 100_000, bytes: 250_000_000 },
    async prepare(customId, request) {
      const { headers, body } = await calls.capture(request);
      const { stream: _, ...params } = body;
      // Betas are switched on for a batch as a whole.
      return { customId, group: headers.get("anthropic-beta") ?? "", body: params };
    },
    async submit(requests: readonly PreparedRequest[], signal) {
      const betas = requests[0]!.group;
      const headers = betas === "" ? undefined : { "anthropic-beta": betas };
      const body = requests.map(({ customId, body }) => ({ custom_id: customId, params: body as never }));
      return (await batches.create({ requests: body }, { signal, headers })).id;
    },
    ended: async (id, signal) => (await batches.retrieve(id, null, { signal })).processing_status === "ended",
    async *answers(id, signal): AsyncGenerator<DriverAnswer> {
      for await (const { custom_id: customId, result } of await batches.results(id, undefined, { signal })) {
        if (result.type === "succeeded") yield { customId, status: 200, body: result.message };
        else if (result.type === "errored") yield { customId, status: statusOf(result.error), body: result.error };
      }
    },
    read: (request, answer) => calls.replay(request, answer),
  };
}

function statusOf(answer: object): number {
  const { error } = answer as { error?: { type?: string } };
  return STATUS[error?.type ?? ""] ?? 500;
}
