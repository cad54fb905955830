import { type Adapter, LLMError } from "@llmux/core";
import type { BatchDriver, DriverAnswer, PreparedRequest } from "./batch-driver.js";
import { CapturedCalls } from "./captured-calls.js";
import { clientError } from "./client-error.js";
import type { OpenAIBatchClient, OpenAIBatchState, OpenAIFile } from "./openai-client.js";
import { readLines } from "./read-lines.js";
import { customIdOf, mayBelong, type Submission } from "./submission.js";

export type { OpenAIBatchClient, OpenAIBatchState, OpenAIFile } from "./openai-client.js";

export interface OpenAIBatchOptions {
  /** `new OpenAI()`; for Azure `new OpenAI({ baseURL: "https://NAME.openai.azure.com/openai/v1", apiKey })`. */
  client: OpenAIBatchClient;
  /**
   * `(fetch) => openai({ fetch, apiKey: "unused" })`, for Azure `(fetch) => azure({ fetch, baseURL, apiKey: "unused" })`: it translates, and sends
   * nothing.
   */
  adapter: (fetch: typeof globalThis.fetch) => Adapter;
}

interface OutputLine {
  custom_id: string;
  response?: { status_code: number; body: unknown } | null;
  error?: { code?: string; message?: string } | null;
}

/** What a batch's metadata has the submission's id under. */
const KEY = "llmux_submission";

const fileNameOf = ({ id }: Submission): string => `llmux-${id}.jsonl`;

/**
 * OpenAI's Batch API (https://developers.openai.com/api/docs/guides/batch): a file of at most 50,000 requests and 200 MB, embeddings of at most 50,000 values in all,
 * for one endpoint and one model; what is not done after 24 hours expires. Half the price. Azure OpenAI has the same under `/openai/v1`, for deployments of a batch type
 * (https://learn.microsoft.com/azure/foundry/reference/rest/batches-create-batch).
 *
 * A batch carries the submission's id in its metadata, by which another run finds it. A file that was uploaded for no batch is deleted then.
 */
export function openaiBatch({ client, adapter }: OpenAIBatchOptions): BatchDriver {
  const calls = new CapturedCalls(adapter);
  const { provider } = calls;

  async function deleteUpload(submission: Submission, signal: AbortSignal | undefined): Promise<void> {
    try {
      for await (const { id, filename, created_at } of client.files.list(
        { purpose: "batch", order: "desc" },
        { signal },
      )) {
        if (filename === fileNameOf(submission)) await client.files.delete(id, { signal });
        if (!mayBelong(created_at * 1000, submission)) return;
      }
    } catch {
      // It costs nothing, and expires after 30 days.
    }
  }

  return {
    provider,
    limits: { requests: 50_000, bytes: 200_000_000 },
    async prepare(request) {
      const { path, body } = await calls.capture(request);
      const at = path.indexOf("/v1/");
      if (at < 0) {
        const message = `No batch takes requests for ${path}: the adapter's endpoint has to end in /v1 (Azure's in /openai/v1)`;
        throw new LLMError({ kind: "unsupported", message, provider });
      }
      const values = "values" in request ? request.values.length : undefined;
      if (values !== undefined && (body.input as unknown[]).length !== values) {
        const message = "values are too many for one request of a batch";
        throw new LLMError({ kind: "invalid-request", parameter: "values", message });
      }
      return { group: `${path.slice(at)} ${body.model}`, body, weight: values };
    },
    async submit(submission, requests, signal) {
      const endpoint = requests[0]!.group.split(" ")[0]!;
      const file = new File(linesOf(submission, requests, endpoint), fileNameOf(submission));
      const upload = await client.files.create({ file, purpose: "batch" }, { signal });
      const batch = {
        input_file_id: upload.id,
        endpoint: endpoint as never,
        completion_window: "24h",
        metadata: { [KEY]: submission.id },
      } as const;
      try {
        // A retry of the client's own would make a second batch where the first answer was lost.
        return (await client.batches.create(batch, { signal, maxRetries: 0 })).id;
      } catch (error) {
        if (((error as { status?: number }).status ?? 500) < 500) await deleteUpload(submission, signal);
        throw error;
      }
    },
    async find(submission, _others, signal) {
      for await (const { id, metadata, created_at } of client.batches.list({ limit: 100 }, { signal })) {
        if (metadata?.[KEY] === submission.id) return { state: "found", batch: id };
        if (!mayBelong(created_at * 1000, submission)) break;
      }
      await deleteUpload(submission, signal);
      return { state: "absent" };
    },
    async ended(id, signal) {
      return unansweredOf(await client.batches.retrieve(id, { signal }), provider);
    },
    async *answers(id, signal): AsyncGenerator<DriverAnswer> {
      const { output_file_id, error_file_id } = await client.batches.retrieve(id, { signal });
      for (const file of [output_file_id, error_file_id]) {
        if (!file) continue;
        const content = await contentOf(client, file, signal);
        for await (const line of readLines(content?.body ?? null)) {
          const { custom_id: customId, response, error } = JSON.parse(line) as OutputLine;
          if (response) yield { customId, status: response.status_code, body: response.body };
          // Expired and cancelled ones are listed too: they have had no answer.
          else if (error && !["batch_expired", "batch_cancelled"].includes(error.code ?? ""))
            yield { customId, status: 500, body: { error } };
        }
      }
    },
    read: (request, answer) => calls.replay(request, answer),
    toError: (thrown) => clientError(thrown, provider, client.apiKey),
  };
}

function linesOf(submission: Submission, requests: readonly PreparedRequest[], url: string): string[] {
  return requests.map(({ body }, index) => {
    const line = { custom_id: customIdOf(submission, index), method: "POST", url, body };
    return `${JSON.stringify(line)}\n`;
  });
}

/** `undefined` for a file that has been deleted. */
async function contentOf(
  client: OpenAIBatchClient,
  file: OpenAIFile["id"],
  signal: AbortSignal | undefined,
): Promise<Response | undefined> {
  try {
    return await client.files.content(file, { signal });
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  }
}

function unansweredOf({ id, status, errors }: OpenAIBatchState, provider: string): LLMError | undefined {
  switch (status) {
    case "failed": {
      const told = errors?.data ?? [];
      const code = told[0]?.code ?? undefined;
      const why = told.slice(0, 3).map(({ message, line }) => `${message}${line ? ` (line ${line})` : ""}`);
      const message = `The batch ${id} failed: ${why.join("; ") || "no reason given"}`;
      // What an account may have enqueued at once: there is room again when other batches are over.
      const kind = code === "token_limit_exceeded" ? "rate-limit" : "invalid-request";
      return new LLMError({ kind, message, code, provider });
    }
    case "expired": {
      const message = `The batch ${id} expired before it came to this request`;
      return new LLMError({ kind: "timeout", message, provider });
    }
    case "cancelled":
      return new LLMError({ kind: "aborted", message: `The batch ${id} was cancelled`, provider });
    case "completed": {
      const message = `The batch ${id} has no answer to this request, or has it no more: files can be deleted`;
      return new LLMError({ kind: "server", message, provider });
    }
    default:
      return undefined;
  }
}
