import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of OpenAI's chat API that counts how often each text was asked, and repeats it. */
export class CountingServer {
  readonly asked: Map<string, number> = new Map();
  readonly #server: Server;

  constructor(delay: () => number) {
    this.#server = createServer(async (request, response) => {
      let text = "";
      for await (const piece of request) text += piece;
      const { content } = (JSON.parse(text) as { messages: { content: string }[] }).messages[0]!;
      this.asked.set(content, (this.asked.get(content) ?? 0) + 1);
      const message = { role: "assistant", content };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      setTimeout(() => {
        response.setHeader("content-type", "application/json");
        response.end(
          JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "gpt-4o", choices, usage }),
        );
      }, delay());
    });
  }

  /** Requests that were asked, each as often as it was. */
  get total(): number {
    return [...this.asked.values()].reduce((sum, times) => sum + times, 0);
  }

  /** @returns its base URL */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
