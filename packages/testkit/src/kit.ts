import type { Adapter, GenerateRequest, LLMBackend } from "@llmux/core";
import type { ConformanceOptions } from "./conformance-options.js";
import type { Dialect } from "./dialect.js";
import type { Feature } from "./feature.js";
import type { Reply } from "./reply.js";
import { type Delivery, ScriptedServer } from "./scripted-server.js";

/** A key that stands in no adapter's own texts: wherever it turns up, the adapter has let it out. */
export const KEY = "llmux-canary-4d9f2c7be8";

/** What a check works with: the adapter under test, connected to a server that says what the check wants said. */
export class Kit {
  readonly options: ConformanceOptions;
  readonly server: ScriptedServer;
  readonly adapter: Adapter;
  readonly backend: LLMBackend;

  private constructor(options: ConformanceOptions, server: ScriptedServer) {
    this.options = options;
    this.server = server;
    this.adapter = options.adapter({ baseURL: server.url, apiKey: KEY });
    this.backend = this.adapter.createBackend();
  }

  static async start(options: ConformanceOptions): Promise<Kit> {
    return new Kit(options, await ScriptedServer.start((request) => options.dialect.read(request)));
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get dialect(): Dialect {
    return this.options.dialect;
  }

  has(feature: Feature): boolean {
    return this.options.lacks?.[feature] === undefined;
  }

  /** A request that every adapter can take, with what a check adds to it. */
  request(more: Partial<GenerateRequest> = {}): GenerateRequest {
    return { model: this.options.model, messages: [{ role: "user", content: "Why is the sky blue?" }], ...more };
  }

  /** Answers every generation so. */
  replies(reply: Reply, delivery: Delivery = {}): void {
    this.server.script((call) =>
      call.kind === "generate" ? { ...this.dialect.reply(reply, call), ...delivery } : undefined,
    );
  }

  /** The one request that has been sent. */
  get sent(): { text: string; body: unknown; headers: Readonly<Record<string, string>>; path: string } {
    const exchanges = this.server.exchanges.filter(({ call }) => call?.kind !== "other");
    const [only] = exchanges;
    if (!only || exchanges.length > 1) throw new Error(`expected one request, there were ${exchanges.length}`);
    return only;
  }
}
