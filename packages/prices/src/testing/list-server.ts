import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A server that answers every request alike, as it is told. */
export class ListServer {
  #status = 200;
  #body: Iterable<string> = [];
  readonly #server: Server = createServer((_, response) => {
    response.writeHead(this.#status);
    // It fails where the client leaves early.
    pipeline(Readable.from(this.#body), response).catch(() => undefined);
  });

  /** @returns the URL of the list */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/list.json`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  answer(status: number, body: string | Iterable<string>): void {
    this.#status = status;
    this.#body = typeof body === "string" ? [body] : body;
  }
}
