import type { BatchServer, Reply, ServedBatch, ServedRequest } from "./batch-server.js";

/** What comes of a request. */
export type Answer = { text: string } | { refused: string; status: number };

const NOT_FOUND: Reply = {
  status: 404,
  body: { type: "error", error: { type: "not_found_error", message: "No such thing" } },
};

/** Anthropic's side of {@link BatchServer}. */
export class AnthropicBatches {
  constructor(readonly server: BatchServer) {}

  async handle(method: string, path: string, body: Uint8Array): Promise<Reply> {
    const { batches } = this.server;
    const [, id, results] = /^\/v1\/messages\/batches\/([^/]+)(\/results)?$/.exec(path) ?? [];
    if (id !== undefined) {
      const batch = this.server.find(id);
      if (!batch) return NOT_FOUND;
      if (results) return { body: this.#results(batch) };
      return { body: this.#look(batch) };
    }
    if (method === "GET") {
      const data = batches.toReversed().map((batch) => this.#look(batch));
      return { body: { data, has_more: false, first_id: null, last_id: null } };
    }
    const { requests } = JSON.parse(new TextDecoder().decode(body)) as {
      requests: { custom_id: string; params: Record<string, unknown> }[];
    };
    return {
      body: this.#state(
        this.server.add(requests.map(({ custom_id, params }) => ({ customId: custom_id, body: params }))),
      ),
    };
  }

  #look(batch: ServedBatch): object {
    batch.looks += 1;
    return this.#state(batch);
  }

  #state(batch: ServedBatch): object {
    const { id, createdAt, requests } = batch;
    const over = this.server.isOver(batch);
    const counts = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 };
    const archived = over && this.server.archived;
    const cancelled = over && this.server.ending(batch) === "cancelled";
    return {
      id,
      type: "message_batch",
      created_at: createdAt.toISOString(),
      processing_status: over ? "ended" : "in_progress",
      request_counts: { ...counts, [over ? "succeeded" : "processing"]: requests.length },
      cancel_initiated_at: cancelled ? createdAt.toISOString() : null,
      archived_at: archived ? createdAt.toISOString() : null,
      results_url: over && !archived ? `${this.server.url}/v1/messages/batches/${id}/results` : null,
    };
  }

  #results(batch: ServedBatch): string {
    const ending = this.server.ending(batch) === "cancelled" ? "canceled" : "expired";
    const lines = batch.requests.toReversed().map((request) => {
      const answer = this.server.answer(request);
      const result = answer ? resultOf(request, answer) : { type: ending };
      return `${JSON.stringify({ custom_id: request.customId, result })}\n`;
    });
    return lines.join("");
  }
}

function resultOf({ body }: ServedRequest, answer: Answer): object {
  if ("refused" in answer) {
    const type = answer.status < 500 ? "invalid_request_error" : "api_error";
    return { type: "errored", error: { type: "error", error: { type, message: answer.refused } } };
  }
  const message = {
    id: "m",
    type: "message",
    role: "assistant",
    model: body.model,
    stop_reason: "end_turn",
    content: [{ type: "text", text: answer.text }],
    usage: { input_tokens: 3, output_tokens: 2 },
  };
  return { type: "succeeded", message };
}
