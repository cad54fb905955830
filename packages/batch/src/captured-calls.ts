import { type Adapter, createLLM, type LLM, LLMError } from "@llmux/core";
import type { DriverAnswer } from "./batch-driver.js";
import { askFor, type BatchRequest, type ResultOf } from "./batch-item.js";

/** Tells the calls of one adapter apart. It is sent nowhere. */
const MARK = "x-llmux-batch-call";

/** An HTTP request that was not sent. */
export interface CapturedCall {
  /** Without the host. */
  path: string;
  headers: Headers;
  body: Record<string, unknown>;
}

type Handler = (call: CapturedCall) => Response;

/**
 * Uses an adapter as the translator that it is: its HTTP requests are caught instead of sent, and answers that came by another way are given to it as if
 * they were the server's.
 */
export class CapturedCalls {
  /** The adapter's id. */
  readonly provider: string;
  readonly #llm: LLM;
  readonly #handlers = new Map<string, Handler>();
  #count = 0;

  /** @param makeAdapter with this `fetch`, and any key at all */
  constructor(makeAdapter: (fetch: typeof globalThis.fetch) => Adapter) {
    const adapter = makeAdapter(this.#fetch);
    this.provider = adapter.id;
    this.#llm = createLLM({ adapters: [adapter], env: {} });
  }

  /** What the adapter would send. @throws LLMError where it refuses the request */
  async capture(request: BatchRequest): Promise<CapturedCall> {
    let captured: CapturedCall | undefined;
    try {
      await this.#ask(request, (call) => {
        captured = call;
        return new Response(null, { status: 500 });
      });
    } catch (error) {
      if (!captured) throw error;
    }
    if (!captured)
      throw new LLMError({ kind: "unsupported", message: "The adapter did not use the fetch that it was given" });
    return captured;
  }

  /** What the adapter makes of an answer. @throws LLMError */
  replay<R extends BatchRequest>(request: R, { status, body }: DriverAnswer): Promise<ResultOf<R>> {
    const headers = { "content-type": "application/json" };
    return this.#ask(request, () => new Response(JSON.stringify(body), { status, headers }));
  }

  async #ask<R extends BatchRequest>(request: R, handler: Handler): Promise<ResultOf<R>> {
    this.#count += 1;
    const mark = `${this.#count}`;
    this.#handlers.set(mark, handler);
    try {
      return await askFor(this.#llm, { ...request, headers: { ...request.headers, [MARK]: mark } }, undefined);
    } finally {
      this.#handlers.delete(mark);
    }
  }

  readonly #fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { headers } = request;
    const handler = this.#handlers.get(headers.get(MARK) ?? "");
    if (!handler) throw new TypeError("A call that no batch made");
    const { pathname } = new URL(request.url);
    return handler({ path: pathname, headers, body: (await request.json()) as Record<string, unknown> });
  };
}
