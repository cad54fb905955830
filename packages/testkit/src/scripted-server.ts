import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WireCall, WireRequest, WireResponse } from "./dialect.js";

/** How the bytes of an answer leave the server. */
export interface Delivery {
  /** Cut into pieces at random places, repeatably by this number. */
  seed?: number | undefined;
  /** Only so many bytes are sent. */
  cutAfter?: number | undefined;
  /** What follows a cut: `end`, the body ends as if it were whole (the default); `break`, the connection is lost. */
  cut?: "end" | "break" | undefined;
  /** So many pieces are sent and then nothing more: the connection hangs until the client leaves. */
  hangAfter?: number | undefined;
  /** Nothing is sent, not even headers: `hang`, until the client leaves; `drop`, the connection is lost at once. */
  silent?: "hang" | "drop" | undefined;
  /** After the pieces these bytes come over and over, until the client leaves or has taken so many. */
  endless?: { bytes: Uint8Array; most: number } | undefined;
}

/** A header of every answer, by which a check knows that an adapter keeps them. */
export const SERVER_HEADER = "x-llmux-kit";

/** Makes an answer out of a request. */
export type Answer = (call: WireCall, request: WireRequest) => (WireResponse & Delivery) | undefined;

/** One request, and what became of it. */
export interface Exchange extends WireRequest {
  call: WireCall | undefined;
  /** The request's body as it came. */
  bytes: Uint8Array;
  /** Resolves when the client has closed the connection before the answer was over, or after that with `false`. */
  left: Promise<boolean>;
}

/** A provider on loopback that says what a check tells it to say. */
export class ScriptedServer {
  readonly #server: Server;
  readonly #read: (request: WireRequest) => WireCall | undefined;
  #answer: Answer = () => undefined;
  #waiting: (() => void)[] = [];
  /** How many connections there have been. */
  connections = 0;
  /** What went wrong in a dialect or a check while it made an answer. */
  fault: unknown;
  /** What has been asked since {@link script} was last called. */
  exchanges: Exchange[] = [];

  private constructor(read: (request: WireRequest) => WireCall | undefined) {
    this.#read = read;
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.on("connection", () => {
      this.connections += 1;
    });
  }

  static async start(read: (request: WireRequest) => WireCall | undefined): Promise<ScriptedServer> {
    const server = new ScriptedServer(read);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers every request so from now on, and forgets those that there were. */
  script(answer: Answer): void {
    this.#answer = answer;
    this.exchanges = [];
  }

  /** Resolves when so many requests have come in since {@link script}. */
  async arrived(count: number): Promise<void> {
    while (this.exchanges.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new Promise<boolean>((resolve) => response.on("close", () => resolve(!response.writableFinished)));
    const pieces: Buffer[] = [];
    try {
      for await (const piece of incoming) pieces.push(piece as Buffer);
    } catch {
      return;
    }
    const bytes = Buffer.concat(pieces);
    const text = bytes.toString();
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const request: WireRequest = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers,
      text,
      body: parsed(text),
    };
    try {
      const call = this.#read(request);
      // Before the answer is made: a check may look at what has come by then.
      this.exchanges.push({ ...request, bytes, call, left });
      const answer = this.#answer(call ?? { kind: "other", stream: false }, request);
      for (const resolve of this.#waiting.splice(0)) resolve();
      if (answer) await deliver(answer, response);
      else response.writeHead(404, { "content-type": "text/plain" }).end(noAnswerTo(request, call));
    } catch (error) {
      this.fault ??= error;
      response.destroy();
    }
  }
}

/** Says whether it is the dialect or the script that does not know the request: to the author of an adapter they look alike. */
function noAnswerTo({ method, path }: WireRequest, call: WireCall | undefined): string {
  if (!call)
    return `The dialect reads nothing of ${method} ${path}: either the adapter or the dialect has the wrong path.`;
  return `The scripted server has no answer to ${method} ${path}, which the dialect reads as ${call.kind}.`;
}

async function deliver(answer: WireResponse & Delivery, response: ServerResponse): Promise<void> {
  if (answer.silent === "hang") return;
  if (answer.silent === "drop") return void response.socket?.destroy();
  response.sendDate = false;
  response.writeHead(answer.status, { [SERVER_HEADER]: "kit", ...answer.headers });
  const whole = answer.pieces.map((piece) => Buffer.from(piece as Uint8Array));
  let pieces: Uint8Array[] = whole;
  if (answer.hangAfter !== undefined) pieces = whole.slice(0, answer.hangAfter);
  else if (answer.cutAfter !== undefined) pieces = [Buffer.concat(whole).subarray(0, answer.cutAfter)];
  if (answer.seed !== undefined) pieces = recut(Buffer.concat(pieces), answer.seed);
  if (pieces.length === 0) response.flushHeaders();
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (piece.length > 0) response.write(piece);
    // A turn of the loop between writes is what lets the pieces leave one by one.
    if (pieces.length > 1) await new Promise((resolve) => setImmediate(resolve));
  }
  if (answer.endless) await flood(answer.endless, response);
  if (answer.hangAfter !== undefined) return;
  if (answer.cutAfter !== undefined && answer.cut === "break") response.socket?.end(() => response.destroy());
  else response.end();
}

/** At the pace at which the client takes it. */
async function flood({ bytes, most }: NonNullable<Delivery["endless"]>, response: ServerResponse): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  for (let sent = 0; sent < most && !response.destroyed; sent += bytes.length) {
    if (response.write(bytes)) continue;
    await Promise.race([new Promise<void>((resolve) => response.once("drain", resolve)), closed]);
  }
}

/** The same bytes in pieces cut at random places, single bytes among them; repeatable by its seed (mulberry32). */
function recut(bytes: Uint8Array, seed: number, longest = 64): Uint8Array[] {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = next() < 0.3 ? 1 : 1 + Math.floor(next() * longest);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
