/**
 * The same three jobs - one answer, one stream read to its end, one batch of embeddings - done in each of the ways that are
 * compared. Every module is imported where it is used, so that a process holds only what it measures.
 */
export type Provider = "openai" | "azure" | "anthropic" | "ollama";
export type Way = "sdk" | "llmux" | "fetch" | "ai";

export const PROVIDERS: readonly Provider[] = ["openai", "azure", "anthropic", "ollama"];

export interface Variant {
  call(): Promise<string>;
  /** The text of the whole stream. */
  stream(): Promise<string>;
  /** How many vectors came, and of what length. */
  embed?(encoding: "base64" | "json"): Promise<[number, number]>;
}

type Fetch = typeof globalThis.fetch;

const PROMPT = "Why is the sky blue?";
const MESSAGES = [{ role: "user" as const, content: PROMPT }];
const MODELS: Readonly<Record<Provider, string>> = {
  openai: "gpt-4o",
  azure: "gpt-4o",
  anthropic: "claude-haiku-4-5",
  ollama: "llama3.2",
};
const API_KEY = "sk-bench";
const API_VERSION = "2024-10-21";
const VALUES = Array.from({ length: 2048 }, (_, at) => `value ${at}`);

/** @param base where the fake provider listens, with the prefix that says how it cuts streams */
export function makeVariant(provider: Provider, way: Way, base: string, fetch?: Fetch): Promise<Variant> {
  const model = MODELS[provider];
  if (way === "llmux") return llmux(provider, model, base, fetch);
  if (way === "fetch") return rawFetch(provider, model, base, fetch ?? globalThis.fetch);
  if (way === "ai") return aiSDK(provider, model, base, fetch);
  return provider === "ollama"
    ? ollamaSDK(model, base, fetch)
    : provider === "anthropic"
      ? anthropicSDK(model, base, fetch)
      : openaiSDK(provider, model, base, fetch);
}

async function openaiSDK(provider: "openai" | "azure", model: string, base: string, fetch?: Fetch): Promise<Variant> {
  const { OpenAI, AzureOpenAI } = await import("openai");
  const options = { apiKey: API_KEY, maxRetries: 0, ...(fetch && { fetch }) };
  const client =
    provider === "azure"
      ? new AzureOpenAI({ ...options, endpoint: base, apiVersion: API_VERSION })
      : new OpenAI({ ...options, baseURL: `${base}/v1` });
  return {
    async call() {
      const completion = await client.chat.completions.create({ model, messages: MESSAGES });
      return completion.choices[0]?.message.content ?? "";
    },
    async stream() {
      let text = "";
      const chunks = await client.chat.completions.create({
        model,
        messages: MESSAGES,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? "";
      return text;
    },
    async embed(encoding) {
      const { data } = await client.embeddings.create({
        model: "text-embedding-3-small",
        input: VALUES,
        // The SDK asks for base64 by itself and decodes it only where nothing is said.
        ...(encoding === "json" && { encoding_format: "float" as const }),
      });
      return [data.length, data[0]?.embedding.length ?? 0];
    },
  };
}

async function anthropicSDK(model: string, base: string, fetch?: Fetch): Promise<Variant> {
  const { Anthropic } = await import("@anthropic-ai/sdk");
  const client = new Anthropic({ apiKey: API_KEY, baseURL: base, maxRetries: 0, ...(fetch && { fetch }) });
  const params = { model, max_tokens: 1024, messages: MESSAGES };
  return {
    async call() {
      const { content } = await client.messages.create(params);
      return content[0]?.type === "text" ? content[0].text : "";
    },
    async stream() {
      let text = "";
      for await (const event of await client.messages.create({ ...params, stream: true })) {
        if (event.type === "content_block_delta" && event.delta.type === "text_delta") text += event.delta.text;
      }
      return text;
    },
  };
}

async function ollamaSDK(model: string, base: string, fetch?: Fetch): Promise<Variant> {
  const { Ollama } = await import("ollama");
  const client = new Ollama({ host: base, ...(fetch && { fetch }) });
  return {
    call: async () => (await client.chat({ model, messages: MESSAGES })).message.content,
    async stream() {
      let text = "";
      for await (const part of await client.chat({ model, messages: MESSAGES, stream: true }))
        text += part.message.content;
      return text;
    },
  };
}

async function llmux(provider: Provider, model: string, base: string, fetch?: Fetch): Promise<Variant> {
  const { createLLM } = await import("@llmux/core");
  const given = fetch && { fetch };
  const adapter = await {
    openai: async () => (await import("@llmux/openai")).openai({ apiKey: API_KEY, baseURL: `${base}/v1`, ...given }),
    azure: async () =>
      (await import("@llmux/azure")).azure({ apiKey: API_KEY, baseURL: base, apiVersion: API_VERSION, ...given }),
    anthropic: async () => (await import("@llmux/anthropic")).anthropic({ apiKey: API_KEY, baseURL: base, ...given }),
    ollama: async () => (await import("@llmux/ollama")).ollama({ baseURL: base, ...given }),
  }[provider]();
  const llm = createLLM({ adapters: [adapter], env: {} });
  const request = { model: `${provider}/${model}`, messages: MESSAGES };
  return {
    call: async () => (await llm.generate(request)).text,
    async stream() {
      let text = "";
      for await (const event of llm.stream(request)) if (event.type === "text-delta") text += event.delta;
      return text;
    },
    async embed(encoding) {
      const { embeddings } = await llm.embed({
        model: `${provider}/text-embedding-3-small`,
        values: VALUES,
        ...(encoding === "json" && { providerOptions: { openai: { encoding_format: "float" } } }),
      });
      return [embeddings.length, embeddings[0]?.length ?? 0];
    },
  };
}

async function aiSDK(provider: Provider, name: string, base: string, fetch?: Fetch): Promise<Variant> {
  const { generateText, streamText } = await import("ai");
  const options = { apiKey: API_KEY, ...(fetch && { fetch }) };
  const model = await {
    openai: async () => (await import("@ai-sdk/openai")).createOpenAI({ ...options, baseURL: `${base}/v1` }).chat(name),
    azure: async () =>
      (await import("@ai-sdk/azure")).createAzure({ ...options, baseURL: `${base}/openai` }).chat(name),
    anthropic: async () =>
      (await import("@ai-sdk/anthropic")).createAnthropic({ ...options, baseURL: `${base}/v1` })(name),
    ollama: async () =>
      (await import("ollama-ai-provider-v2")).createOllama({ baseURL: `${base}/api`, ...(fetch && { fetch }) })(name),
  }[provider]();
  return {
    call: async () => (await generateText({ model, prompt: PROMPT, maxRetries: 0 })).text,
    async stream() {
      let text = "";
      for await (const delta of streamText({ model, prompt: PROMPT, maxRetries: 0 }).textStream) text += delta;
      return text;
    },
  };
}

/** What it would take without any library: the least that reads the answer. */
async function rawFetch(provider: Provider, model: string, base: string, fetch: Fetch): Promise<Variant> {
  const path = {
    openai: "/v1/chat/completions",
    azure: `/openai/deployments/${model}/chat/completions?api-version=${API_VERSION}`,
    anthropic: "/v1/messages",
    ollama: "/api/chat",
  }[provider];
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(base + path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${API_KEY}` },
      body: JSON.stringify(body),
    });
  // The provider's JSON, unchecked, as such code would have it.
  type JSONValue = any;
  const textOf = (json: JSONValue): string =>
    provider === "ollama"
      ? json.message.content
      : provider === "anthropic"
        ? json.content[0].text
        : json.choices[0].message.content;
  const deltaOf = (json: JSONValue): string | undefined =>
    provider === "ollama"
      ? json.message.content
      : provider === "anthropic"
        ? json.delta?.text
        : json.choices[0]?.delta.content;
  const prefix = provider === "ollama" ? "" : "data: ";
  return {
    call: async () => textOf(await (await post(path, { model, stream: false, messages: MESSAGES })).json()),
    async stream() {
      const response = await post(path, { model, stream: true, messages: MESSAGES });
      const decoder = new TextDecoder();
      let text = "";
      let buffer = "";
      for await (const piece of response.body as ReadableStream<Uint8Array>) {
        buffer += decoder.decode(piece, { stream: true });
        const lines = buffer.split("\n");
        buffer = lines.pop() as string;
        for (const line of lines) {
          if (line === "" || !line.startsWith(prefix) || line === "data: [DONE]") continue;
          text += deltaOf(JSON.parse(line.slice(prefix.length))) ?? "";
        }
      }
      return text;
    },
    async embed(encoding) {
      const response = await post("/v1/embeddings", {
        model: "text-embedding-3-small",
        input: VALUES,
        encoding_format: encoding === "json" ? "float" : encoding,
      });
      const { data } = (await response.json()) as { data: { embedding: string | number[] }[] };
      const vectors = data.map(({ embedding }) => {
        if (typeof embedding !== "string") return Float32Array.from(embedding);
        const bytes = Buffer.from(embedding, "base64");
        return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      });
      return [vectors.length, vectors[0]?.length ?? 0];
    },
  };
}
