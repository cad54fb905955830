import type { BatchServer, Reply, ServedBatch, ServedRequest } from "./batch-server.js";

const NOT_FOUND: Reply = { status: 404, body: { error: { message: "No such thing", type: "invalid_request_error" } } };

/** OpenAI's side of {@link BatchServer}. */
export class OpenAIBatches {
  readonly #endpoints = new Map<string, string>();

  constructor(readonly server: BatchServer) {}

  async handle(method: string, path: string, body: Uint8Array<ArrayBuffer>, type: string): Promise<Reply> {
    const { files, batches } = this.server;
    const [, id = ""] = /^\/v1\/(?:files|batches)\/([^/]+)/.exec(path) ?? [];
    switch (`${method} ${path.replace(id, id ? ":id" : "")}`) {
      case "POST /v1/files":
        return this.#upload(body, type);
      case "GET /v1/files":
        return { body: { data: [...files].reverse().map(fileObject), has_more: false } };
      case "DELETE /v1/files/:id":
        return files.delete(id) ? { body: { id, deleted: true } } : NOT_FOUND;
      case "GET /v1/files/:id/content":
        return files.has(id) ? { body: files.get(id)!.text } : NOT_FOUND;
      case "POST /v1/batches":
        return this.#create(JSON.parse(new TextDecoder().decode(body)) as never);
      case "GET /v1/batches":
        return { body: { data: batches.toReversed().map((batch) => this.#look(batch)), has_more: false } };
      case "GET /v1/batches/:id": {
        const batch = this.server.find(id);
        return batch ? { body: this.#look(batch) } : NOT_FOUND;
      }
      default:
        return NOT_FOUND;
    }
  }

  async #upload(body: Uint8Array<ArrayBuffer>, type: string): Promise<Reply> {
    const form = await new Response(body, { headers: { "content-type": type } }).formData();
    const file = form.get("file") as File;
    return this.#store(file.name, String(form.get("purpose")), await file.text());
  }

  #store(filename: string, purpose: string, text: string, id = `file${this.server.files.size}`): Reply {
    const file = { filename, purpose, createdAt: new Date(), text };
    this.server.files.set(id, file);
    return { body: fileObject([id, file]) };
  }

  #create(asked: { input_file_id: string; endpoint: string; metadata?: Record<string, string> }): Reply {
    const file = this.server.files.get(asked.input_file_id);
    if (!file) return NOT_FOUND;
    const lines = file.text.trimEnd().split("\n");
    const requests = lines.map((text): ServedRequest => {
      const line = JSON.parse(text) as {
        custom_id: string;
        url: string;
        method: string;
        body: Record<string, unknown>;
      };
      if (line.url !== asked.endpoint || line.method !== "POST") throw new Error("A line for another endpoint");
      return { customId: line.custom_id, body: line.body };
    });
    const batch = this.server.add(requests, asked.metadata);
    this.#endpoints.set(batch.id, asked.endpoint);
    return { body: this.#state(batch) };
  }

  #look(batch: ServedBatch): object {
    batch.looks += 1;
    return this.#state(batch);
  }

  #state(batch: ServedBatch): object {
    const { id, createdAt, metadata } = batch;
    const state = { id, object: "batch", created_at: Math.floor(createdAt.getTime() / 1000), metadata };
    if (!this.server.isOver(batch)) return { ...state, status: "in_progress" };
    const status = this.server.ending(batch);
    if (status === "failed") {
      return { ...state, status, errors: { object: "list", data: [this.server.failure] } };
    }
    this.#write(batch, status);
    return { ...state, status, output_file_id: `${id}-output`, error_file_id: `${id}-error` };
  }

  #write(batch: ServedBatch, status: string): void {
    const { id, requests } = batch;
    if (this.server.files.has(`${id}-error`)) return;
    const endpoint = this.#endpoints.get(id) ?? "";
    const output: object[] = [];
    const errors: object[] = [];
    for (const request of requests.toReversed()) {
      const line = { id: "r", custom_id: request.customId };
      const answer = this.server.answer(request);
      if (!answer) {
        const error = { code: `batch_${status}`, message: "This request could not be executed in time" };
        errors.push({ ...line, response: null, error });
      } else if ("refused" in answer) {
        const error = { message: answer.refused, type: "invalid_request_error", param: null, code: null };
        errors.push({ ...line, response: { status_code: answer.status, body: { error } }, error: null });
      } else
        output.push({
          ...line,
          response: { status_code: 200, body: success(endpoint, request, answer.text) },
          error: null,
        });
    }
    const text = (lines: object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    this.#store("output.jsonl", "batch_output", text(output), `${id}-output`);
    this.#store("error.jsonl", "batch_output", text(errors), `${id}-error`);
  }
}

function fileObject([id, { filename, purpose, createdAt }]: [
  string,
  { filename: string; purpose: string; createdAt: Date },
]): object {
  return { id, object: "file", filename, purpose, created_at: Math.floor(createdAt.getTime() / 1000) };
}

function success(endpoint: string, { body }: ServedRequest, text: string): object {
  // A provider answers with the name of what ran.
  const model = `${body.model}-as-deployed`;
  if (endpoint === "/v1/embeddings") {
    const data = (body.input as string[]).map((value, index) => {
      // The adapter asks for base64.
      const embedding = Buffer.from(new Float32Array([value.length, index]).buffer).toString("base64");
      return { object: "embedding", index, embedding };
    });
    return { object: "list", model, data, usage: { prompt_tokens: 4, total_tokens: 4 } };
  }
  if (endpoint === "/v1/responses") {
    const content = [{ type: "output_text", text, annotations: [] }];
    const output = [{ type: "message", id: "m", role: "assistant", status: "completed", content }];
    const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
    return { id: "r", object: "response", created_at: 1, model, status: "completed", output, usage };
  }
  const choices = [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }];
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  return { id: "c", object: "chat.completion", created: 1, model, choices, usage };
}
