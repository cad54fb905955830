import type { Fixture } from "@copilotkit/aimock";
import type { Env } from "./wiring.js";

/** A provider inside this program, and the environment that leads the official SDKs to it. */
export interface OfflineProvider {
  env: Env;
  stop(): Promise<void>;
}

/** The model's name says what it is, wherever it is shown. */
const MODEL = "openai/offline";

/**
 * Starts the offline provider on a free loopback port. Every official adapter is led there, under any model's name.
 * @param unhurried stream at the pace of a model, for a person to see; else at once
 */
export async function startOffline(env: Env, unhurried: boolean): Promise<OfflineProvider> {
  const { LLMock } = await import("@copilotkit/aimock");
  const server = new LLMock({ host: "127.0.0.1", port: 0 });
  const pace = unhurried ? { chunkSize: 6, streamingProfile: { ttft: 250, tps: 40, jitter: 0.3 } } : {};
  // Without an endpoint, the last would also be taken for the answer to a request for embeddings.
  server.addFixtures(
    fixtures.map(({ match, ...rest }) => ({ match: { ...match, endpoint: "chat" }, ...rest, ...pace })),
  );
  await server.start();
  return {
    env: {
      ...env,
      LLM_MODEL: MODEL,
      LLM_EMBEDDING_MODEL: MODEL,
      OPENAI_API_KEY: "offline",
      OPENAI_BASE_URL: `${server.url}/v1`,
      ANTHROPIC_API_KEY: "offline",
      ANTHROPIC_BASE_URL: server.url,
      AZURE_OPENAI_API_KEY: "offline",
      AZURE_OPENAI_ENDPOINT: server.url,
      OLLAMA_HOST: server.url,
    },
    stop: () => server.stop(),
  };
}

const fixtures: readonly Fixture[] = [
  {
    match: { hasToolResult: true },
    response: ({ messages }) => {
      const { content } = messages.at(-1) ?? {};
      const result = typeof content === "string" ? content : (content?.map(({ text }) => text).join("") ?? "");
      return { content: `The tool says: ${result}` };
    },
  },
  {
    match: { userMessage: /\b(time|date|day)\b/i, predicate: ({ tools }) => Boolean(tools?.length) },
    response: { toolCalls: [{ name: "current_time", arguments: "{}" }] },
  },
  {
    match: {
      userMessage: /\d+\s*([*×x]|times)\s*\d+/i,
      predicate: ({ tools }) => Boolean(tools?.length),
    },
    response: ({ messages }) => {
      const [left = 0, right = 0] = JSON.stringify(messages.at(-1)?.content).match(/\d+/g)?.map(Number) ?? [];
      return { toolCalls: [{ name: "calculate", arguments: JSON.stringify({ left, operator: "*", right }) }] };
    },
  },
  {
    match: { userMessage: /sky/i },
    response: {
      reasoning:
        "Sunlight holds every colour. What in the air tells them apart? Its molecules scatter short waves far more than long ones.",
      content:
        "Air scatters blue light much more than red: by the fourth power of the frequency. So blue reaches your eye from every side, and the sky is blue.",
      usage: { prompt_tokens: 24, completion_tokens: 61, completion_tokens_details: { reasoning_tokens: 27 } },
    },
  },
  {
    match: { userMessage: /\b(hi|hello|hey|good (morning|evening)|who are you)\b/i },
    response: {
      content:
        "Hello! I am the offline provider: a small server inside this program that answers in place of a model. Ask me why the sky is blue.",
    },
  },
  {
    match: {},
    response: {
      content:
        "I am the offline provider and know few answers by heart: say hello, ask why the sky is blue, or start me with --tools and ask for 6 times 7. For real answers set LLM_MODEL.",
    },
  },
];
