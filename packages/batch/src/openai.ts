import { type Adapter, LLMError } from "@llmux/core";
import type { BatchDriver, DriverAnswer, PreparedRequest } from "./batch-driver.js";
import { CapturedCalls } from "./captured-calls.js";
import { readLines } from "./read-lines.js";

interface CallOptions {
  signal?: AbortSignal | undefined;
}

/** What is used of a client of the `openai` SDK. */
export interface OpenAIBatchClient {
  files: {
    create(body: { file: File; purpose: "batch" }, options?: CallOptions): PromiseLike<{ id: string }>;
    content(id: string, options?: CallOptions): PromiseLike<Response>;
  };
  batches: {
    // The SDK lists the endpoints that it knows; which one it is follows from the adapter.
    create(
      body: { input_file_id: string; endpoint: never; completion_window: "24h" },
      options?: CallOptions,
    ): PromiseLike<{ id: string }>;
    retrieve(id: string, options?: CallOptions): PromiseLike<OpenAIBatchState>;
  };
}

export interface OpenAIBatchState {
  status: string;
  output_file_id?: string | null | undefined;
  error_file_id?: string | null | undefined;
  errors?: { data?: { code?: string; message?: string }[] } | null | undefined;
}

export interface OpenAIBatchOptions {
  /** `new OpenAI()`. */
  client: OpenAIBatchClient;
  /** `(fetch) => openai({ fetch, apiKey: "unused" })`: it translates, and sends nothing. */
  adapter: (fetch: typeof globalThis.fetch) => Adapter;
}

interface OutputLine {
  custom_id: string;
  response?: { status_code: number; body: unknown } | null;
  error?: { code?: string; message?: string } | null;
}

/** OpenAI's Batch API: a file of requests, one endpoint and one model for each batch (https://platform.openai.com/docs/guides/batch). */
export function openaiBatch({ client, adapter }: OpenAIBatchOptions): BatchDriver {
  const calls = new CapturedCalls(adapter);
  return {
    provider: "openai",
    limits: { requests: 50_000, bytes: 190_000_000 },
    async prepare(customId, request) {
      const { path, body } = await calls.capture(request);
      const at = path.indexOf("/v1/");
      if (at < 0) throw new LLMError({ kind: "unsupported", message: `OpenAI's batches have no endpoint for ${path}` });
      if ("values" in request && (body.input as unknown[]).length !== request.values.length) {
        throw new LLMError({
          kind: "invalid-request",
          parameter: "values",
          message: "values are too many for one request of a batch",
        });
      }
      return { customId, group: `${path.slice(at)} ${body.model}`, body };
    },
    async submit(requests: readonly PreparedRequest[], signal) {
      const endpoint = requests[0]!.group.split(" ")[0]!;
      const lines = requests.map(
        ({ customId, body }) => `${JSON.stringify({ custom_id: customId, method: "POST", url: endpoint, body })}\n`,
      );
      const input = await client.files.create({ file: new File(lines, "batch.jsonl"), purpose: "batch" }, { signal });
      const batch = { input_file_id: input.id, endpoint: endpoint as never, completion_window: "24h" } as const;
      return (await client.batches.create(batch, { signal })).id;
    },
    async ended(id, signal) {
      const { status, errors } = await client.batches.retrieve(id, { signal });
      if (status !== "failed") return ["completed", "expired", "cancelled"].includes(status);
      const { code, message = "no reason given" } = errors?.data?.[0] ?? {};
      throw new LLMError({
        kind: "invalid-request",
        message: `The batch ${id} failed: ${message}`,
        code,
        provider: "openai",
      });
    },
    async *answers(id, signal): AsyncGenerator<DriverAnswer> {
      const { output_file_id, error_file_id } = await client.batches.retrieve(id, { signal });
      for (const file of [output_file_id, error_file_id]) {
        if (!file) continue;
        const { body } = await client.files.content(file, { signal });
        for await (const line of readLines(body)) {
          const { custom_id: customId, response, error } = JSON.parse(line) as OutputLine;
          if (response) yield { customId, status: response.status_code, body: response.body };
          // Expired and cancelled ones are listed too: they have had no answer.
          else if (error && !["batch_expired", "batch_cancelled"].includes(error.code ?? ""))
            yield { customId, status: 500, body: { error } };
        }
      }
    },
    read: (request, answer) => calls.replay(request, answer),
  };
}
