// biome-ignore-all lint/correctness/noNodejsModules: only tests use it, and it is in no build
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createLLM, type LLM } from "@llmux/core";
import { openai } from "./index.js";

/** What the server was asked: a form's fields, or JSON. */
interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  form?: [string, string | File][];
  body?: unknown;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: string | Uint8Array;
  /** Whether the connection breaks after three bytes. */
  cut?: boolean;
  /** Nothing is answered: called when the request has come, and when its connection is closed. */
  held?: { came: () => void; closed: () => void };
}

export const apiKey = "sk-test-0123456789abcdef";

export const json = (body: unknown, status = 200): Answer => ({ body: JSON.stringify(body), status });

/** A loopback server that understands forms, and an application that takes it for OpenAI or for one that imitates. */
export class AskedServer {
  asked: Asked[] = [];
  /** What is answered, in turn; the last one for ever. */
  answers: Answer[] = [];
  /** To which it is OpenAI itself. */
  readonly own: LLM = createLLM({
    adapters: [
      openai({ apiKey, fetch: (to, init) => fetch(String(to).replace("https://api.openai.com", this.url), init) }),
    ],
  });
  readonly #server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { url: path = "", headers } = request;
    const type = headers["content-type"] ?? "";
    const all = new Response(Buffer.concat(pieces), { headers: { "content-type": type } });
    const content = type.startsWith("multipart/")
      ? { form: [...(await all.formData())] }
      : { body: (await all.json()) as unknown };
    this.asked.push({ path, headers, ...content });
    const answer = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) as Answer;
    if (answer.held) {
      response.on("close", answer.held.closed);
      return answer.held.came();
    }
    const own = { "content-type": "application/json", "x-request-id": "req_1", ...answer.headers };
    response.writeHead(answer.status ?? 200, own);
    if (!answer.cut) return void response.end(answer.body);
    response.write(answer.body.slice(0, 3));
    response.socket?.end(() => response.destroy());
  });

  static async start(): Promise<AskedServer> {
    const server = new AskedServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  last(): Asked {
    return this.asked.at(-1) as Asked;
  }

  /** The last form's fields, each with all its values. */
  fields(): Record<string, (string | File)[]> {
    const { form = [] } = this.last();
    return Object.fromEntries(
      form.map(([name]) => [name, form.filter(([key]) => key === name).map(([, value]) => value)]),
    );
  }

  /** Name, type and content of the last form's first file of this name. */
  async file(field: string): Promise<[name: string, type: string, content: string]> {
    const file = this.fields()[field]?.[0] as File;
    return [file.name, file.type, await file.text()];
  }
}
