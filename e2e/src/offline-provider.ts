import { type ChatCompletionRequest, type FixtureResponse, LLMock } from "@copilotkit/aimock";

/** A provider of every kind on loopback, which has an answer to anything. */
export class OfflineProvider {
  readonly #mock: LLMock;

  private constructor(mock: LLMock) {
    this.#mock = mock;
  }

  static async start(): Promise<OfflineProvider> {
    const mock = new LLMock({ port: 0, host: "127.0.0.1" });
    mock.on({ predicate: () => true, endpoint: "chat" }, answer);
    mock.onEmbedding(/(?:)/, { embedding: [0.25, -0.5, 1] });
    await mock.start();
    return new OfflineProvider(mock);
  }

  get url(): string {
    return this.#mock.url;
  }

  /** What was asked of it since the last time. */
  takeRequests(): { method: string; path: string }[] {
    const requests = this.#mock.getRequests().map(({ method, path }) => ({ method, path }));
    this.#mock.clearRequests();
    return requests;
  }

  /** The variables that lead every adapter here. */
  get env(): Record<string, string> {
    return {
      OPENAI_API_KEY: "sk-offline",
      OPENAI_BASE_URL: `${this.url}/v1`,
      ANTHROPIC_API_KEY: "sk-ant-offline",
      ANTHROPIC_BASE_URL: this.url,
      AZURE_OPENAI_API_KEY: "offline",
      AZURE_OPENAI_ENDPOINT: this.url,
      OLLAMA_HOST: this.url,
      GROQ_API_KEY: "gsk-offline",
      GROQ_API_BASE: `${this.url}/v1`,
      GEMINI_API_KEY: "offline",
      GOOGLE_GEMINI_BASE_URL: this.url,
      GOOGLE_VERTEX_BASE_URL: `${this.url}/v1`,
      GOOGLE_CLOUD_PROJECT: "offline",
      GOOGLE_OAUTH_ACCESS_TOKEN: "offline",
      AWS_BEARER_TOKEN_BEDROCK: "offline",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: this.url,
      MISTRAL_API_KEY: "offline",
      MISTRAL_API_BASE: this.url,
      CO_API_KEY: "offline",
      COHERE_API_BASE: this.url,
      HF_TOKEN: "hf-offline",
      HF_API_BASE: this.url,
    };
  }

  async stop(): Promise<void> {
    await this.#mock.stop();
  }
}

function answer(request: ChatCompletionRequest): FixtureResponse {
  const tool = request.tools?.[0]?.function;
  const asked = request.messages.at(-1)?.role !== "tool" && request.tool_choice !== "none";
  if (tool && asked) {
    return { toolCalls: [{ name: tool.name, arguments: JSON.stringify(sample(tool.parameters ?? {})) }] };
  }
  const format = request.response_format as { json_schema?: { schema?: object } } | undefined;
  if (format) return { content: JSON.stringify(sample(format.json_schema?.schema ?? {})) };
  return { content: "Because the air scatters blue light more than red." };
}

/** A value that a JSON Schema allows. */
function sample(schema: object): unknown {
  const { type, properties, items, anyOf, enum: values, const: only } = schema as Record<string, any>;
  if (only !== undefined) return only;
  if (values) return values[0];
  if (anyOf) return sample(anyOf[0]);
  if (type === "array") return [sample(items ?? {})];
  if (type === "number" || type === "integer") return 1;
  if (type === "boolean") return true;
  if (type === "string") return "blue";
  if (type === "null") return null;
  return Object.fromEntries(Object.entries(properties ?? {}).map(([key, value]) => [key, sample(value as object)]));
}
