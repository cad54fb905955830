import { type CallContext, LLMError } from "@llmux/core/adapter";
import type { Answer, BedrockConnection } from "./connection.js";
import type { ModelId } from "./model-id.js";
import type { BedrockOptions } from "./options.js";
import { readJSON } from "./read-body.js";
import type { Block } from "./to-messages.js";

/** What of `providerOptions.bedrock` InvokeModel takes in headers. */
const HEADERS = ["guardrailIdentifier", "guardrailVersion", "performanceConfigLatency", "trace"] as const;

/** The options that go into the model's own body. */
export function bodyOptions(options: BedrockOptions | undefined): Block {
  const { api: _, baseModel: __, serviceTier: ___, requestMetadata: ____, ...rest } = options ?? {};
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !HEADERS.includes(name as never)));
}

/** The options that travel in headers. */
export function headerOptions(options: BedrockOptions | undefined): Block {
  const tier = options?.serviceTier;
  const input: Block = { ...(tier && { serviceTier: typeof tier === "object" ? tier.type : tier }) };
  if (options?.requestMetadata) input.requestMetadata = JSON.stringify(options.requestMetadata);
  for (const name of HEADERS) if (options?.[name] !== undefined) input[name] = options[name];
  return input;
}

interface Invocation {
  model: ModelId;
  body: object;
  options: BedrockOptions | undefined;
  headers: Readonly<Record<string, string>> | undefined;
  context: CallContext;
}

/** Sends one request to InvokeModel, and reads its JSON. */
export async function invokeModel(
  connection: BedrockConnection,
  { options, ...exchange }: Invocation,
): Promise<{ answer: Answer; reply: Record<string, unknown> }> {
  const answer = await connection.send({ operation: "InvokeModel", input: headerOptions(options), ...exchange });
  return { answer, reply: await readJSON(answer.body) };
}

/** Tokens read, as InvokeModel's headers count them for all models. */
export function countOf(answer: Pick<Answer, "headers">, what: "input" | "output"): number | undefined {
  const count = answer.headers[`x-amzn-bedrock-${what}-token-count`];
  return count === undefined ? undefined : Number(count);
}

/** Calls a function for each value, a few at a time, and keeps their order. The first failure ends it. */
export async function mapFew<T, R>(values: readonly T[], run: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < values.length) {
      const at = next++;
      results[at] = await run(values[at] as T);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, values.length) }, worker));
  } catch (error) {
    next = values.length;
    throw error;
  }
  return results;
}

const AT_ONCE = 8;

export function malformed(what: string, reply: unknown): LLMError {
  const text = JSON.stringify(reply).slice(0, 10_000);
  return new LLMError({ kind: "malformed-response", message: `The reply holds no ${what}`, text });
}
