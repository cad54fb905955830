import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, AnthropicBatches } from "./anthropic-batches.js";
import { OpenAIBatches } from "./openai-batches.js";

/** A batch as the server has it. */
export interface ServedBatch {
  id: string;
  createdAt: Date;
  metadata?: Record<string, string> | undefined;
  requests: readonly ServedRequest[];
  /** How often somebody looked whether it is over. */
  looks: number;
}

export interface ServedRequest {
  customId: string;
  body: Record<string, unknown>;
}

/** How a batch ends. */
export type Ending = "completed" | "failed" | "expired" | "cancelled";

/** The batch APIs of OpenAI (and Azure's, under `/openai/v1`) and Anthropic, whose outcome the test decides. */
export class BatchServer {
  readonly batches: ServedBatch[] = [];
  /** Uploaded files, by their ids. */
  readonly files: Map<string, { filename: string; purpose: string; createdAt: Date; text: string }> = new Map();
  /** What each call was, such as `POST /v1/batches`. */
  readonly calls: string[] = [];
  /** The headers of each. */
  readonly headers: IncomingHttpHeaders[] = [];
  /** After how many looks a batch is over. */
  looks = 1;
  ending: (batch: ServedBatch) => Ending = () => "completed";
  /** Whether Anthropic has put away the answers of what is over. */
  archived = false;
  /** Why a batch failed as a whole. */
  failure: object = { code: "invalid_json_line", message: "This line is no JSON", line: 2 };
  /** What comes of a request; `undefined`: nothing. By default it is repeated. */
  answer: (request: ServedRequest) => Answer | undefined = ({ body }) => ({ text: textOf(body) });
  /** Called with each call before it is handled: `refuse` answers at once, `lose` handles it and cuts the connection in place of an answer. */
  meddle: (call: string) => { refuse: number; headers?: Record<string, string> } | "lose" | undefined = () => undefined;
  url = "";
  readonly #server: Server;

  constructor() {
    const openai = new OpenAIBatches(this);
    const anthropic = new AnthropicBatches(this);
    this.#server = createServer(async (request, response) => {
      const body = await bodyOf(request);
      const path = request.url!.replace(/\?.*/, "").replace(/^\/openai/, "");
      const call = `${request.method} ${path}`;
      this.calls.push(call);
      this.headers.push(request.headers);
      const meddling = this.meddle(call);
      if (meddling && meddling !== "lose") {
        response.writeHead(meddling.refuse, { "content-type": "application/json", ...meddling.headers });
        // As providers do.
        const key = request.headers["x-api-key"] ?? request.headers.authorization?.replace("Bearer ", "");
        response.end(JSON.stringify({ error: { message: `Refused with the key ${key}`, type: "refused" } }));
        return;
      }
      const handler = path.startsWith("/v1/messages/") ? anthropic : openai;
      const answer = await handler.handle(request.method!, path, body, request.headers["content-type"] ?? "");
      if (meddling === "lose") request.socket.destroy();
      else send(response, answer);
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A batch that was made by somebody. */
  add(requests: readonly ServedRequest[], metadata?: Record<string, string>): ServedBatch {
    const batch = { id: `batch${this.batches.length}`, createdAt: new Date(), metadata, requests, looks: 0 };
    this.batches.push(batch);
    return batch;
  }

  find(id: string): ServedBatch | undefined {
    return this.batches.find((batch) => batch.id === id);
  }

  /** What was submitted, batch by batch. */
  get submitted(): string[][] {
    return this.batches.map(({ requests }) => requests.map(({ body }) => textOf(body)));
  }

  isOver({ looks }: ServedBatch): boolean {
    return looks >= this.looks;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** What is asked, as text. */
export function textOf(body: Record<string, unknown>): string {
  const { messages, input } = body as { messages?: { content: unknown }[]; input?: unknown };
  const content = messages ? messages.at(-1)!.content : input;
  if (typeof content === "string") return content;
  const parts = content as { text?: string; content?: unknown }[];
  return parts
    .map((part) => (typeof part === "string" ? part : (part.text ?? textOf({ input: part.content }))))
    .join(",");
}

export interface Reply {
  status?: number;
  /** Text is sent as it is. */
  body: object | string;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return new Uint8Array(Buffer.concat(pieces));
}

function send(response: ServerResponse, { status = 200, body }: Reply): void {
  response.writeHead(status, { "content-type": typeof body === "string" ? "application/x-jsonl" : "application/json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
