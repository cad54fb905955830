import { type Fixture, LLMock } from "@copilotkit/aimock";
import type { Env } from "../wiring.js";

export const KEY = "sk-test-0123456789abcdefghij";

export interface Provider extends AsyncDisposable {
  readonly server: LLMock;
  /** Leads `LLM_MODEL` to the server, with a key that must never be shown and waits that don't hold a test up. */
  readonly env: Env;
  /** The conversations that were asked, as the wire had them. */
  conversations(): { role: string; content: unknown }[][];
}

/** A provider on loopback, reached through the official SDK of the model's adapter. */
export async function startProvider(fixtures: readonly Fixture[], model = "openai/gpt-4o"): Promise<Provider> {
  const server = new LLMock({ host: "127.0.0.1", port: 0 });
  server.addFixtures([...fixtures]);
  await server.start();
  return {
    server,
    env: {
      LLM_MODEL: model,
      LLM_API_KEY: KEY,
      LLM_BASE_URL: model.startsWith("openai/") ? `${server.url}/v1` : server.url,
      LLM_RETRY_MIN_WAIT: "0",
      LLM_RETRY_MAX_WAIT: "1",
    },
    conversations: () =>
      server.getRequests().flatMap(({ body }) => (body && "messages" in body ? [body.messages as never] : [])),
    async [Symbol.asyncDispose]() {
      await server.stop();
    },
  };
}
