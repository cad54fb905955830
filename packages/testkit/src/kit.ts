import assert from "node:assert/strict";
import type { Adapter, EmbedRequest, GenerateRequest, LLMBackend } from "@llmux/core";
import type { ConformanceOptions, Connection } from "./conformance-options.js";
import type { Dialect, WireCall, WireResponse } from "./dialect.js";
import type { Feature } from "./feature.js";
import type { Reply } from "./reply.js";
import { type Delivery, type Exchange, ScriptedServer } from "./scripted-server.js";

let kits = 0;

/** What a check works with: the adapter under test, connected to a server that says what the check wants said. */
export class Kit {
  readonly options: ConformanceOptions;
  readonly server: ScriptedServer;
  /** A key that stands in no adapter's own texts, and in no other check's: wherever it turns up, this adapter has let it out. */
  readonly key: string;
  readonly adapter: Adapter;
  readonly backend: LLMBackend;

  private constructor(options: ConformanceOptions, server: ScriptedServer) {
    this.options = options;
    this.server = server;
    this.key = `llmux-canary-${(0x4d9f2c7be8 + kits++).toString(16)}`;
    this.adapter = this.connect();
    this.backend = this.adapter.createBackend();
  }

  static async start(options: ConformanceOptions): Promise<Kit> {
    return new Kit(options, await ScriptedServer.start((request) => options.dialect.read(request)));
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** The adapter anew, for another place or key than the kit's own. */
  connect(connection: Partial<Connection> = {}): Adapter {
    return this.options.adapter({ baseURL: this.server.url, apiKey: this.key, ...connection });
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

  embedRequest(more: Partial<EmbedRequest> = {}): EmbedRequest {
    return { model: this.options.embeddingModel ?? this.options.model, values: ["blue"], ...more };
  }

  /** Answers every generation so. */
  replies(reply: Reply, delivery: Delivery = {}): void {
    this.answers((call) => ({ ...this.dialect.reply(reply, call), ...delivery }));
  }

  /** Answers every generation with what is made for it. */
  answers(make: (call: WireCall, exchange: Exchange) => WireResponse & Delivery): void {
    this.server.script((call) =>
      call.kind === "generate" ? make(call, this.server.exchanges.at(-1) as Exchange) : undefined,
    );
  }

  /** Answers every request of any kind so. */
  always(response: WireResponse & Delivery): void {
    this.server.script(() => response);
  }

  /** Answers with the first half of a stream, and then with nothing more until the client leaves. */
  stallsHalfway(reply: Reply): void {
    this.answers((call) => {
      const response = this.dialect.reply(reply, call);
      return { ...response, hangAfter: Math.ceil(response.pieces.length / 2) };
    });
  }

  /** What has been asked of the provider since the server was last told what to answer. */
  get asked(): readonly Exchange[] {
    return this.server.exchanges.filter(({ call }) => call !== undefined);
  }

  /** The one request that has been sent. */
  get sent(): Exchange {
    const [only] = this.asked;
    if (!only || this.asked.length > 1) assert.fail(`expected one request, there were ${this.asked.length}`);
    return only;
  }

  /** All that has been sent, bodies and URLs. */
  get wire(): string {
    return this.server.exchanges.map(({ path, text }) => `${path}\n${text}`).join("\n");
  }

  /** Whether the request's connection has been closed before its answer was over. */
  async left(): Promise<boolean | undefined> {
    await this.server.arrived(1);
    return this.server.exchanges[0]?.left;
  }
}
