import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import { OutputParserException } from "@langchain/core/output_parsers";
import { type Runnable, RunnableLambda, RunnablePassthrough, RunnableSequence } from "@langchain/core/runnables";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import type { OutputFormat } from "@llmux/core";

type Validation =
  | { value: unknown; issues?: undefined }
  | { issues: readonly { message: string; path?: readonly unknown[] }[] };

interface SchemaLike {
  "~standard"?: { validate(value: unknown): Validation | Promise<Validation> };
  safeParseAsync?(value: unknown): Promise<{ success: boolean; data?: unknown; error?: Error }>;
  title?: unknown;
  name?: unknown;
  description?: unknown;
}

/** A schema of any library's (zod 3 and 4, whatever speaks Standard Schema), or a JSON Schema. */
export type OutputSchema<Output> =
  | { "~standard": { types?: { output: Output } | undefined } }
  | { _output: Output }
  | Readonly<Record<string, unknown>>;

/** The output that a schema asks for, whichever library's it is. */
export function outputFormat(schema: object, name: string | undefined, strict: boolean | undefined): OutputFormat {
  const isSchema = "~standard" in schema || "safeParseAsync" in schema;
  const { $schema: _, ...jsonSchema } = (isSchema ? toJsonSchema(schema as never) : schema) as Record<string, unknown>;
  const { title, description } = jsonSchema;
  const called = name ?? (typeof title === "string" && /^[\w-]{1,64}$/.test(title) ? title : "extract");
  return {
    schema: jsonSchema,
    name: called,
    ...(typeof description === "string" && { description }),
    ...(strict !== undefined && { strict }),
  };
}

/** Reads the value out of a message, and holds it to the schema. @throws OutputParserException */
export function outputParser(
  schema: object | undefined,
  tool?: string,
): RunnableLambda<BaseMessage, Record<string, unknown>> {
  return RunnableLambda.from(async (message: BaseMessage) => {
    const { parsed } = message.additional_kwargs as { parsed?: unknown };
    const value = tool === undefined ? (parsed ?? parse(message)) : argumentsOf(message as AIMessage, tool);
    return (await validated(value, schema as SchemaLike | undefined, message.text)) as Record<string, unknown>;
  });
}

function argumentsOf(message: AIMessage, tool: string): unknown {
  const call = message.tool_calls?.find(({ name }) => name === tool);
  if (call) return call.args;
  throw new OutputParserException(`Failed to parse. The model did not call ${tool}`, message.text);
}

function parse(message: BaseMessage): unknown {
  const { text } = message;
  const refusal = message.contentBlocks.find(({ type }) => type === "refusal")?.refusal;
  if (refusal !== undefined) throw new OutputParserException(`The model refused: ${refusal}`, text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OutputParserException(`Failed to parse. Text: "${text}". Error: ${(cause as Error).message}`, text);
  }
}

async function validated(value: unknown, schema: SchemaLike | undefined, text: string): Promise<unknown> {
  const fail = (why: string): OutputParserException =>
    new OutputParserException(`Failed to parse. Text: "${text}". Error: ${why}`, text);
  if (schema?.["~standard"]) {
    const result = await schema["~standard"].validate(value);
    if (!result.issues) return result.value;
    throw fail(
      result.issues.map(({ message, path }) => (path?.length ? `${path.join(".")}: ${message}` : message)).join("; "),
    );
  }
  if (!schema?.safeParseAsync) return value;
  const { success, data, error } = await schema.safeParseAsync(value);
  if (success) return data;
  throw fail(error?.message ?? "it does not fit the schema");
}

/** The model and the parser in one; with `includeRaw` the message beside the value, which is `null` where it could not be read. */
export function outputPipeline(
  model: Runnable<never, BaseMessage>,
  parser: Runnable<BaseMessage, Record<string, unknown>>,
  includeRaw: boolean | undefined,
): Runnable<never, Record<string, unknown>> {
  if (!includeRaw)
    return model.pipe(parser).withConfig({ runName: "StructuredOutput" }) as Runnable<never, Record<string, unknown>>;
  const read: Runnable = RunnablePassthrough.assign({
    parsed: (input: { raw: BaseMessage }, config) => parser.invoke(input.raw, config),
  });
  const unread: Runnable = RunnablePassthrough.assign({ parsed: () => null });
  const withRaw = RunnableSequence.from([{ raw: model as never }, read.withFallbacks({ fallbacks: [unread] })]);
  return withRaw.withConfig({ runName: "StructuredOutputRunnable" }) as Runnable<never, Record<string, unknown>>;
}
