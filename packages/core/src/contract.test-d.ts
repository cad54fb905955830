// What the contract promises to compile, and what it promises not to. Checked by the type check alone; nothing here is run.
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import type {
  Adapter,
  AdapterBackend,
  AdapterDefinition,
  AdapterFactory,
  AdapterRequest,
  CallContext,
} from "./adapter.js";
import { defineAdapter } from "./adapter.js";
import {
  applyMiddleware,
  createLLM,
  defineMiddleware,
  everyCall,
  type GenerateResult,
  type InferSchema,
  type LLM,
  type LLMBackend,
  type Middleware,
  type OptionalCall,
  type ProviderOptions,
  type Tool,
  withJSONSchema,
  withRetry,
  withTimeout,
} from "./index.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._: Same<A, B> extends true ? [] : [never]): void {}

declare const llm: LLM;
const messages = [{ role: "user" as const, content: "Why is the sky blue?" }];

// Structured output is typed by its schema, whichever library that is of.
interface Weather {
  city: string;
  degrees?: number | undefined;
}
const schemas = {
  zod3: withJSONSchema(z3.object({ city: z3.string(), degrees: z3.number().optional() }), { type: "object" }),
  zod4: z.object({ city: z.string(), degrees: z.number().optional() }),
  valibot: toStandardJsonSchema(v.object({ city: v.string(), degrees: v.optional(v.number()) })),
  arktype: type({ city: "string", "degrees?": "number" }),
};
export async function structuredOutput(): Promise<void> {
  const zod3 = await llm.generate({ messages, output: { schema: schemas.zod3 } });
  same<typeof zod3.output, { city: string; degrees?: number | undefined }>();
  const zod4 = await llm.generate({ messages, output: { schema: schemas.zod4 } });
  same<typeof zod4.output, { city: string; degrees?: number | undefined }>();
  const valibot = await llm.generate({ messages, output: { schema: schemas.valibot } });
  same<typeof valibot.output, { city: string; degrees?: number | undefined }>();
  const arktype = await llm.generate({ messages, output: { schema: schemas.arktype } });
  const weather: Weather[] = [zod3.output, zod4.output, valibot.output, arktype.output];
  weather.at(0);
  // @ts-expect-error not in the schema
  zod3.output.colour;
  // @ts-expect-error not in the schema
  zod4.output.colour;
  // @ts-expect-error not in the schema
  valibot.output.colour;
  // @ts-expect-error not in the schema
  arktype.output.colour;

  // What a schema makes of the reply is what the application gets.
  const changed = await llm.generate({ messages, output: { schema: z.object({ at: z.string().transform(Number) }) } });
  same<typeof changed.output, { at: number }>();

  // Nothing is known where no Standard Schema says it.
  const json = await llm.generate({ messages, output: "json" });
  const plain = await llm.generate({ messages, output: { schema: { type: "object" } } });
  const none = await llm.generate({ messages });
  same<typeof json.output, unknown>();
  same<typeof plain.output, unknown>();
  same<typeof none, GenerateResult<unknown>>();

  // Policies around it change nothing of that.
  const retried = await withRetry(withTimeout(llm, { total: 1 })).generate({
    messages,
    output: { schema: schemas.zod4 },
  });
  same<typeof retried.output, typeof zod4.output>();
}
same<InferSchema<typeof schemas.zod4>, { city: string; degrees?: number | undefined }>();
same<InferSchema<{ readonly type: "object" }>, unknown>();

// Tools take a schema of any library; what a model wrote is unknown until it is checked, and then typed by the check.
export const tools: readonly Tool[] = [
  ...Object.entries(schemas).map(([name, inputSchema]) => ({ name, inputSchema })),
  { name: "plain", inputSchema: { type: "object", properties: {} } },
  { name: "none" },
  { type: "provider", provider: "acme", value: { type: "web_search" } },
];
export async function toolCalls(): Promise<void> {
  const { toolCalls: calls } = await llm.generate({ messages, tools, toolChoice: { tool: "zod4" } });
  for (const { input } of calls) {
    same<typeof input, unknown>();
    // @ts-expect-error nobody has checked it
    input.city;
    same<string, ReturnType<(typeof schemas)["zod4"]["parse"]>["city"]>();
  }
  // @ts-expect-error a schema is an object
  await llm.generate({ messages, tools: [{ name: "a", inputSchema: "string" }] });
  // @ts-expect-error a tool has a name
  await llm.generate({ messages, tools: [{ inputSchema: schemas.zod4 }] });
}

// An adapter as the first core took it. These are written out, with no type of today's core: one that asked for more would not compile.
const firstAnswer = {
  content: [
    { type: "reasoning" as const, text: "…", signature: "sealed" },
    { type: "text" as const, text: "Air scatters blue light." },
    { type: "tool-call" as const, id: "1", name: "now", input: {} },
  ],
  finishReason: { unified: "stop" as const, raw: "end_turn" },
  usage: {
    inputTokens: { total: 1, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 1, reasoning: undefined },
  },
  response: {},
};
const firstBackend = {
  async generate(request: { model: string; messages: readonly object[] }, context: { signal: AbortSignal }) {
    context.signal.throwIfAborted();
    return { ...firstAnswer, response: { model: request.model } };
  },
  async *stream(_request: object, context: { unsupported(parameter: string, why?: string): void }) {
    context.unsupported("topK", "Acme has no such parameter");
    yield { type: "start" as const, response: {} };
    yield [
      { type: "text-start" as const, id: "0" },
      { type: "text-delta" as const, id: "0", delta: "Air" },
      { type: "text-end" as const, id: "0" },
    ];
    yield { type: "tool-call" as const, id: "1", name: "now", input: {} };
    yield { type: "finish" as const, finishReason: firstAnswer.finishReason, usage: firstAnswer.usage };
  },
};
export const oldest: AdapterBackend = firstBackend;
export const withError: AdapterBackend = {
  ...firstBackend,
  toError: (error) => (error instanceof TypeError ? { kind: "connection", message: error.message } : undefined),
};
/** With a call that no core knows yet. */
export const newest: AdapterBackend = Object.assign({ dream: async () => "sheep" }, firstBackend);
// @ts-expect-error a backend streams
export const noStream: AdapterBackend = { generate: firstBackend.generate };
export const noUsage: AdapterBackend = {
  ...firstBackend,
  // @ts-expect-error usage is told, if only as `undefined`
  generate: async () => ({ content: [], finishReason: { unified: "stop", raw: undefined }, response: {} }),
};
export const noSuchReason: AdapterBackend = {
  ...firstBackend,
  // @ts-expect-error the provider's own word belongs into `raw`
  generate: async () => ({ ...firstAnswer, finishReason: { unified: "end_turn", raw: "end_turn" } }),
};

// What an adapter is given is as wide as it was: strings have become parts, schemas JSON Schema, the model is named.
export function given(request: AdapterRequest, context: CallContext): void {
  same<typeof request.model, string>();
  same<typeof context.signal, AbortSignal>();
  same<typeof context.abortable, boolean>();
  for (const message of request.messages) {
    const parts: readonly { type: string }[] = message.content;
    parts.at(0);
  }
  for (const tool of request.tools ?? []) {
    if (tool.type === "function") same<typeof tool.inputSchema, Readonly<Record<string, unknown>>>();
  }
  // @ts-expect-error core's own business
  request.timeout;
  // @ts-expect-error core's own business
  request.signal;
}

// A definition names configuration fields, and nothing else.
interface AcmeConfig {
  apiKey?: string | undefined;
  region?: string | undefined;
}
const definition: AdapterDefinition<AcmeConfig> = {
  id: "acme",
  name: "Acme",
  createBackend: ({ apiKey }) => (apiKey === undefined ? oldest : withError),
};
const factory: AdapterFactory<AcmeConfig> = defineAdapter(definition);
export const adapters: readonly Adapter[] = [factory, factory(), factory({ apiKey: "key" })];
defineAdapter<AcmeConfig>({
  ...definition,
  env: { region: { variables: ["ACME_REGION"], description: "a region" } },
  required: ({ region }) => (region === undefined ? ["region"] : []),
});
// @ts-expect-error no such field
factory({ key: "key" });
// @ts-expect-error no such field
defineAdapter<AcmeConfig>({ ...definition, required: () => ["key"] });
// @ts-expect-error no such field
defineAdapter<AcmeConfig>({ ...definition, env: { key: { variables: [], description: "" } } });
// @ts-expect-error an id is how it is found
defineAdapter<AcmeConfig>({ name: "Acme", createBackend: () => oldest });
createLLM({ adapters: [factory] });

// A backend of one's own has the calls that are not optional, and may have more than any core knows.
declare const generate: LLMBackend["generate"];
declare const stream: LLMBackend["stream"];
const smallest: LLMBackend = { provider: "own", generate, stream };
const larger = { ...smallest, dream: async () => "sheep" };
export const grown: LLMBackend = larger;
// @ts-expect-error not every backend embeds
smallest.embed({ values: [] });
// @ts-expect-error a backend streams
export const mute: LLMBackend = { provider: "own", generate };
// Every further call is optional: only so does the contract grow.
same<Partial<Pick<LLMBackend, OptionalCall>>, Pick<LLMBackend, OptionalCall>>();
same<Partial<Omit<AdapterBackend, "generate" | "stream">>, Omit<AdapterBackend, "generate" | "stream">>();
// What core gives the application has them all.
same<Required<Pick<LLM, OptionalCall>>, Pick<LLM, OptionalCall>>();

// A policy is any function from backend to backend, and leaves what it does not know.
export const policies: readonly Middleware[] = [
  (next) => next,
  (next) => ({ ...next, provider: "mine" }),
  defineMiddleware({}),
  defineMiddleware({ embed: (request, next) => next.embed(request) }),
  defineMiddleware(
    everyCall((request, call) => {
      same<typeof request.timeout, import("./index.js").CallOptions["timeout"]>();
      return call(request);
    }),
  ),
];
export const wrapped: LLM = applyMiddleware(llm, ...policies);
// @ts-expect-error a policy gives back a backend
export const deaf: Middleware = () => undefined;
// @ts-expect-error a policy gives back a result
defineMiddleware({ embed: async () => [] });

// Parameters that only one provider knows are typed by its adapter; those of others are anything.
interface AcmeOptions {
  tone?: "kind" | "terse" | undefined;
}
declare module "./provider-options.js" {
  interface ProviderOptions {
    "acme-in-type-tests"?: AcmeOptions | undefined;
  }
}
export const options: readonly ProviderOptions[] = [
  {},
  { "acme-in-type-tests": { tone: "kind" } },
  { unheard: { of: 1 } },
  // @ts-expect-error no such tone
  { "acme-in-type-tests": { tone: "rude" } },
  // @ts-expect-error no such option
  { "acme-in-type-tests": { colour: "blue" } },
  // @ts-expect-error options are an object
  { unheard: "of" },
];
