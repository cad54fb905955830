// A consumer's program: compiled against the packed packages, never run. What must compile, and what must not.
import { anthropic } from "@llmux/anthropic";
import { azure } from "@llmux/azure";
import {
  applyMiddleware,
  collect,
  createLLM,
  defineMiddleware,
  fromEnv,
  type GenerateResult,
  isLLMError,
  type LLM,
  type LLMBackend,
  type LLMErrorKind,
  type Message,
  type StreamEvent,
  type UnifiedFinishReason,
  withJSONSchema,
  withRetry,
  withTimeout,
} from "@llmux/core";
import { type AdapterBackend, defineAdapter } from "@llmux/core/adapter";
import { ollama } from "@llmux/ollama";
import { openai } from "@llmux/openai";
import { type } from "arktype";
import { z } from "zod";
import { z as z3 } from "zod/v3";

const messages: Message[] = [{ role: "user", content: "Why is the sky blue?" }];

// Wiring.
const llm: LLM = createLLM({
  adapters: [openai, azure, anthropic({ apiKey: "key" }), ollama({ baseURL: "http://localhost:11434" })],
  model: "openai/gpt-4o",
  timeout: { total: 60_000, firstEvent: 5_000, betweenEvents: 5_000 },
});
export const patient: LLM = withRetry(llm, {
  retries: 3,
  minWait: 500,
  maxWait: 1_000,
  onRetry: ({ error, attempt, attempts, wait }) => [error.kind, attempt, attempts, wait],
});
export const fromEnvironment: LLM = await fromEnv({ import: (name) => import(name) });
// @ts-expect-error an adapter's id is not an adapter
createLLM({ adapters: ["openai"] });
// @ts-expect-error adapters are needed
createLLM({});
// @ts-expect-error no such option
ollama({ baseUrl: "http://localhost:11434" });

// Generating.
const result: GenerateResult = await llm.generate({
  messages,
  temperature: 0,
  stopSequences: ["\n"],
  dropParams: true,
});
export const text: string = result.text;
export const reason: UnifiedFinishReason = result.finishReason.unified;
export const tokens: number | undefined = result.usage.inputTokens.total;
// @ts-expect-error nothing is known of the output where none was asked for
result.output.anything;
// @ts-expect-error messages are needed
await llm.generate({ model: "openai/gpt-4o" });
// @ts-expect-error no such role
await llm.generate({ messages: [{ role: "robot", content: "…" }] });
// @ts-expect-error no such parameter
await llm.generate({ messages, temprature: 1 });

// Structured output is typed by its schema.
const { output } = await llm.generate({
  messages,
  output: { schema: z.object({ colour: z.string(), shade: z.number().optional() }) },
});
export const colour: string = output.colour;
export const shade: number | undefined = output.shade;
// @ts-expect-error not a number
export const wrong: number = output.colour;
// @ts-expect-error not in the schema
output.color;
const older = await llm.generate({
  messages,
  output: { schema: withJSONSchema(z3.object({ colour: z3.string() }), { type: "object" }) },
});
export const olderColour: string = older.output.colour;
// @ts-expect-error not in the schema
older.output.color;
const bare = await llm.generate({ messages, output: { schema: z3.object({ colour: z3.string() }) } });
export const bareColour: string = bare.output.colour;
const ark = await llm.generate({ messages, output: { schema: type({ colour: "string", "shade?": "number" }) } });
export const arkColour: string = ark.output.colour;
export const arkShade: number | undefined = ark.output.shade;
// @ts-expect-error not in the schema
ark.output.color;
// @ts-expect-error no such parameter
await llm.generate({ messages, output: { schema: z.object({}) }, temprature: 1 });
const throughPolicies = await withRetry(llm).generate({
  messages,
  output: { schema: z.object({ colour: z.string() }) },
});
export const sameColour: string = throughPolicies.output.colour;
const untyped = await llm.generate({
  messages,
  output: { schema: { type: "object", properties: { colour: { type: "string" } } } },
});
// @ts-expect-error a JSON Schema says nothing to the compiler
untyped.output.colour;

// Tools.
const called = await llm.generate({
  messages,
  tools: [
    { name: "get_weather", description: "The weather", inputSchema: z.object({ city: z.string() }) },
    { name: "now" },
    { type: "provider", provider: "anthropic", value: { type: "web_search_20250305", name: "web_search" } },
  ],
  toolChoice: { tool: "get_weather" },
  parallelToolCalls: false,
});
const followUp: Message[] = [
  ...messages,
  called.message,
  {
    role: "tool",
    content: called.toolCalls.map(({ id, name }) => ({
      type: "tool-result" as const,
      toolCallId: id,
      toolName: name,
      output: { degrees: 21 },
    })),
  },
];
await llm.generate({ messages: followUp });
// @ts-expect-error no such choice
await llm.generate({ messages, toolChoice: "never" });
// @ts-expect-error what a model wrote is not known before it is checked
called.toolCalls[0]?.input.city;

// Content.
await llm.generate({
  messages: [
    { role: "system", content: [{ type: "text", text: "Be brief.", cache: { ttl: "1h" } }] },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", data: new Uint8Array([1]), mediaType: "image/png", detail: "low" },
        { type: "image", data: new URL("https://example.com/cat.png") },
        { type: "file", data: { fileId: "file-1" }, filename: "a.pdf" },
        { type: "audio", data: "UklGRg==", mediaType: "audio/wav" },
      ],
    },
  ],
});

// Streams: the union is closed, so a switch over it can be exhaustive.
function describe(event: StreamEvent): string {
  switch (event.type) {
    case "start":
      return event.model;
    case "text-start":
    case "reasoning-start":
    case "refusal-start":
    case "text-end":
    case "refusal-end":
    case "tool-input-end":
      return event.id;
    case "text-delta":
    case "reasoning-delta":
    case "refusal-delta":
    case "tool-input-delta":
      return event.delta;
    case "reasoning-end":
      return event.signature ?? "";
    case "tool-input-start":
    case "tool-call":
      return event.name;
    case "provider":
      return event.provider;
    case "image":
    case "file":
    case "audio":
      return event.mediaType ?? "";
    case "finish":
      return event.finishReason.unified;
    default: {
      const never: never = event;
      return never;
    }
  }
}
for await (const event of llm.stream({ messages, signal: new AbortController().signal })) describe(event);
export const collected: GenerateResult = await collect(llm.stream({ messages }));

// What only one provider knows, typed by its adapter.
await llm.generate({
  messages,
  providerOptions: { ollama: { keep_alive: "10m", num_ctx: 8192 }, acme: { anything: true } },
});
// @ts-expect-error a number is meant
await llm.generate({ messages, providerOptions: { ollama: { num_ctx: "8192" } } });
// @ts-expect-error an object is meant
await llm.generate({ messages, providerOptions: { anthropic: "thinking" } });

// Embeddings, models.
const { embeddings } = await llm.embed({ model: "ollama/nomic-embed-text", values: ["a", "b"], dimensions: 256 });
export const first: Float32Array | undefined = embeddings[0];
export const ids: string[] = (await llm.listModels({ provider: "ollama" })).map(({ id }) => id);
// @ts-expect-error a list is meant
await llm.embed({ values: "a" });

// Policies.
const loud = defineMiddleware({
  async generate(request, next) {
    const quiet = await next.generate(request);
    return { ...quiet, text: quiet.text.toUpperCase() };
  },
});
export const wrapped: LLMBackend = applyMiddleware(
  withRetry(withTimeout(llm, { firstEvent: 5_000 }), { retries: 3 }),
  loud,
);
// @ts-expect-error a middleware that gives no result
defineMiddleware({ async generate() {} });

// Errors.
try {
  await wrapped.generate({ messages });
} catch (error) {
  if (isLLMError(error, "rate-limit")) console.log(error.retryAfter, error.status, error.requestId);
  if (isLLMError(error)) {
    const kind: LLMErrorKind = error.kind;
    console.log(kind);
  }
  // @ts-expect-error no such kind
  isLLMError(error, "ratelimit");
}

// An adapter of one's own.
interface AcmeOptions {
  tone?: "kind" | "terse";
}
declare module "@llmux/core" {
  interface ProviderOptions {
    acme?: AcmeOptions | { anything: boolean } | undefined;
  }
}
const backend: AdapterBackend = {
  async generate(request, context) {
    if (request.topK !== undefined) context.unsupported("topK", "Acme has no such parameter");
    return {
      content: [{ type: "text", text: request.model }],
      finishReason: { unified: "stop", raw: "stop" },
      usage: {
        inputTokens: { total: 1, cacheRead: undefined, cacheWrite: undefined },
        outputTokens: { total: 1, reasoning: undefined },
      },
      response: {},
    };
  },
  async *stream() {
    yield { type: "start", response: {} };
  },
};
export const acme = defineAdapter<{ apiKey?: string }>({
  id: "acme",
  name: "Acme",
  env: { apiKey: { variables: ["ACME_API_KEY"], secret: true, description: "an API key of Acme" } },
  required: () => ["apiKey"],
  createBackend: () => backend,
});
createLLM({ adapters: [acme({ apiKey: "key" }), acme] });
// @ts-expect-error no such field in its configuration
acme({ key: "key" });
// @ts-expect-error an adapter without a backend
defineAdapter({ id: "acme", name: "Acme" });
await llm.generate({ messages, providerOptions: { acme: { tone: "kind" } } });
// @ts-expect-error no such tone
await llm.generate({ messages, providerOptions: { acme: { tone: "rude" } } });
