import { type Adapter, LLMError } from "@llmux/core";
import type { AnthropicBatchClient, AnthropicBatchState } from "./anthropic-client.js";
import type { BatchDriver, DriverAnswer } from "./batch-driver.js";
import { CapturedCalls } from "./captured-calls.js";
import { clientError } from "./client-error.js";
import { customIdOf, indexOf, mayBelong } from "./submission.js";

export type { AnthropicAnswer, AnthropicBatchClient, AnthropicBatchState } from "./anthropic-client.js";

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

/**
 * Anthropic's Message Batches API (https://platform.claude.com/docs/en/build-with-claude/batch-processing): at most 100,000 requests or 256 MB a batch; what is not
 * done after 24 hours expires, and answers are kept for 29 days. Half the price.
 *
 * Its batches carry nothing of ours but the custom ids, which can be read when a batch is over and no sooner. So a batch of the same size that
 * was made since is waited for, and its custom ids then say whether it is the one that is looked for.
 */
export function anthropicBatch({ client, adapter }: AnthropicBatchOptions): BatchDriver {
  const calls = new CapturedCalls(adapter);
  const { provider } = calls;
  const { batches } = client.messages;
  return {
    provider,
    limits: { requests: 100_000, bytes: 256_000_000 },
    async prepare(request) {
      const { headers, body } = await calls.capture(request);
      const { stream: _, ...params } = body;
      // Betas are switched on for a batch as a whole.
      return { group: headers.get("anthropic-beta") ?? "", body: params };
    },
    async submit(submission, requests, signal) {
      const betas = requests[0]!.group;
      const headers = betas === "" ? undefined : { "anthropic-beta": betas };
      const body = requests.map(({ body }, index) => ({
        custom_id: customIdOf(submission, index),
        params: body as never,
      }));
      // A retry of the client's own would make a second batch where the first answer was lost.
      return (await batches.create({ requests: body }, { signal, headers, maxRetries: 0 })).id;
    },
    async find(submission, others, signal) {
      let unclear = false;
      for await (const batch of batches.list({ limit: 100 }, { signal })) {
        if (!mayBelong(Date.parse(batch.created_at), submission)) break;
        if (others.has(batch.id) || sizeOf(batch) !== submission.count) continue;
        if (batch.processing_status !== "ended") unclear = true;
        else if (batch.results_url) {
          for await (const { custom_id } of await batches.results(batch.id, undefined, { signal })) {
            if (indexOf(custom_id, submission) !== undefined) return { state: "found", batch: batch.id };
            break;
          }
        }
      }
      return { state: unclear ? "unclear" : "absent" };
    },
    async ended(id, signal) {
      const { processing_status, cancel_initiated_at, archived_at } = await batches.retrieve(id, null, { signal });
      if (processing_status !== "ended") return undefined;
      if (archived_at) {
        const message = `The answers of the batch ${id} are no longer kept: it was archived at ${archived_at}`;
        return new LLMError({ kind: "not-found", message, provider });
      }
      if (cancel_initiated_at)
        return new LLMError({ kind: "aborted", message: `The batch ${id} was cancelled`, provider });
      const message = `The batch ${id} expired before it came to this request`;
      return new LLMError({ kind: "timeout", message, provider });
    },
    async *answers(id, signal): AsyncGenerator<DriverAnswer> {
      const { results_url } = await batches.retrieve(id, null, { signal });
      if (!results_url) return;
      for await (const { custom_id: customId, result } of await batches.results(id, undefined, { signal })) {
        if (result.type === "succeeded") yield { customId, status: 200, body: result.message };
        else if (result.type === "errored") yield { customId, status: statusOf(result.error), body: result.error };
      }
    },
    read: (request, answer) => calls.replay(request, answer),
    toError: (thrown) => clientError(thrown, provider, client.apiKey),
  };
}

function sizeOf({ request_counts }: AnthropicBatchState): number {
  const { processing, succeeded, errored, canceled, expired } = request_counts;
  return processing + succeeded + errored + canceled + expired;
}

function statusOf(answer: object): number {
  const { error } = answer as { error?: { type?: string } };
  return STATUS[error?.type ?? ""] ?? 500;
}
