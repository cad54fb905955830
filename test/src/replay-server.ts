import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { recut } from "./random.ts";
import { type Recording, wireBytes } from "./recordings.ts";

export interface ReplayOptions {
  /** Cut the body at random places, by this seed. */
  seed?: number;
  /** Send only so many bytes, then break the connection. */
  breakAfter?: number;
  /** Send only so many bytes, then end the response as though it were whole. */
  endAfter?: number;
}

const CONTENT_TYPES = {
  json: "application/json",
  sse: "text/event-stream",
  ndjson: "application/x-ndjson",
  "aws-eventstream": "application/vnd.amazon.eventstream",
};

/** A loopback server that answers every request with the recording it was given last: status, headers and bytes as recorded. */
export class ReplayServer {
  /** What was asked of it, newest last. */
  readonly requests: { method: string; path: string; headers: IncomingMessage["headers"]; body: any }[] = [];
  readonly #server: Server;
  #answer: { recording: Recording; options: ReplayOptions } | undefined;

  private constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async start(): Promise<ReplayServer> {
    const replay = new ReplayServer();
    await new Promise<void>((resolve) => replay.#server.listen(0, "127.0.0.1", resolve));
    return replay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers from now on with this recording. */
  serve(recording: Recording, options: ReplayOptions = {}): void {
    this.#answer = { recording, options };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const { method = "", url = "", headers } = request;
    this.requests.push({ method, path: url, headers, body: text === "" ? undefined : tryJSON(text) });
    if (!this.#answer) {
      response.writeHead(500).end("the replay server was given no recording");
      return;
    }
    const { recording, options } = this.#answer;
    const all = wireBytes(recording);
    const length = options.breakAfter ?? options.endAfter ?? all.length;
    const bytes = all.subarray(0, length);
    // Two answers with the same recording are the same, whatever the clock says between them.
    response.sendDate = false;
    response.writeHead(recording.response.status, {
      "content-type": CONTENT_TYPES[recording.wire],
      ...recording.response.headers,
    });
    for (const piece of options.seed === undefined ? [bytes] : recut(bytes, options.seed)) {
      if (piece.length > 0) response.write(piece);
      // A turn of the loop between writes is what lets the pieces leave one by one.
      if (options.seed !== undefined) await new Promise((resolve) => setImmediate(resolve));
    }
    if (options.breakAfter !== undefined) response.socket?.end(() => response.destroy());
    else response.end();
  }
}

function tryJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
