import { type GenerateRequest, type GenerateResult, isLLMError, type LLMBackend, type LLMError } from "@llmux/core";
import { type Recording, ReplayServer } from "@llmux/test-support";
import { bedrock } from "../adapter.js";
import type { BedrockConfig } from "../config.js";

/** An answer for the replay server: JSON, or base64 of raw bytes. */
export function replyOf(body: unknown, headers: Record<string, string> = {}, status = 200): Recording {
  const response = { status, headers, body };
  const about = { id: "r", provider: "bedrock", api: "converse", scenario: "r", wire: "json" } as const;
  return { ...about, request: {}, response, expected: undefined };
}

export const HI: Record<string, unknown> = {
  output: { message: { role: "assistant", content: [{ text: "Hi" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 },
};

/** Whatever was sent, for tests to look into. */
// biome-ignore lint/suspicious/noExplicitAny: each test knows what it expects
type Sent = any;

/** A server that answers everything with one reply, and a backend that asks it. */
export class Asked {
  private constructor(
    readonly server: ReplayServer,
    readonly backend: LLMBackend,
  ) {}

  static async start(config: BedrockConfig = {}, reply: unknown = HI): Promise<Asked> {
    const server = await ReplayServer.start();
    server.serve(replyOf(reply));
    return new Asked(server, bedrock({ apiKey: "key-for-tests", baseURL: server.url, ...config }).createBackend());
  }

  /** What was sent last. */
  get last(): { body: Sent; path: string; headers: Record<string, string | string[] | undefined> } {
    const { body, path, headers } = this.server.requests.at(-1) as ReplayServer["requests"][number];
    return { body, path: decodeURIComponent(path), headers };
  }

  /** What is sent for a request. */
  async body(request: Partial<GenerateRequest>): Promise<Sent> {
    return (await this.both(request)).body;
  }

  async both(request: Partial<GenerateRequest>): Promise<{ body: Sent; path: string; result: GenerateResult }> {
    const messages = [{ role: "user" as const, content: "Hi" }];
    const result = await this.backend.generate({ model: "us.anthropic.claude-sonnet-4-5-v1:0", messages, ...request });
    return { ...this.last, result };
  }
}

export async function errorOf(promise: Promise<unknown>): Promise<LLMError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isLLMError(error)) throw error ?? new Error("nothing was thrown");
  return error;
}
