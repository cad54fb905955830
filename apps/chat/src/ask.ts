import { readFile } from "node:fs/promises";
import type { GenerateResult, ImagePart, JSONSchema, Message } from "@llmux/core";
import { answer } from "./answer.js";
import { UsageError } from "./errors.js";
import type { IO } from "./io.js";
import { Renderer } from "./render.js";
import type { Session } from "./session.js";

export interface AskOptions {
  prompt: string;
  system?: string | undefined;
  images: readonly ImagePart[];
  /** Print one JSON object in place of the text. */
  json: boolean;
  /** The answer is JSON of this shape. */
  schema?: JSONSchema | undefined;
  tools: boolean;
}

/** Answers one prompt. @throws LLMError */
export async function ask(io: IO, session: Session, options: AskOptions): Promise<void> {
  const { prompt, system, images, json, schema, tools } = options;
  const controller = new AbortController();
  const release = io.onInterrupt(() => controller.abort());
  const { signal } = controller;
  const messages: Message[] = system === undefined ? [] : [{ role: "system", content: system }];
  messages.push({ role: "user", content: images.length > 0 ? [...images, { type: "text", text: prompt }] : prompt });
  const renderer = new Renderer(io, { verbose: Boolean(io.stderr.isTTY) && !json });
  try {
    if (schema) {
      const result = await session.llm.generate({ messages, signal, output: { schema } });
      const text = JSON.stringify(json ? toJSON(result, session) : result.output, null, io.stdout.isTTY ? 2 : 0);
      io.stdout.write(`${text}\n`);
      if (!json) renderer.summary(result);
      return;
    }
    const { result } = await answer(session.llm, messages, {
      tools,
      signal,
      onEvent(event) {
        session.wait.clear();
        if (!json) renderer.event(event);
      },
      onToolResult: renderer.toolResult,
    });
    if (json) io.stdout.write(`${JSON.stringify(toJSON(result, session), null, io.stdout.isTTY ? 2 : 0)}\n`);
    else renderer.summary(result);
  } finally {
    session.wait.clear();
    renderer.end();
    release();
  }
}

/** What `--json` prints: plain data, without the provider's raw objects and headers. */
function toJSON(result: GenerateResult, { offline }: Session): unknown {
  const {
    text,
    reasoning,
    refusal,
    output,
    toolCalls,
    finishReason,
    usage,
    cost,
    warnings,
    provider,
    model,
    response,
  } = result;
  const { id, model: answeredBy, requestId } = response;
  return {
    text,
    reasoning,
    refusal,
    output,
    toolCalls: toolCalls.map(({ id: callId, name, input, inputText }) => ({ id: callId, name, input, inputText })),
    finishReason,
    usage: { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens },
    cost,
    warnings,
    provider,
    model,
    response: { id, model: answeredBy, requestId },
    ...(offline && { offline }),
  };
}

/** An image from a file or a URL. @throws UsageError */
export async function loadImage(source: string): Promise<ImagePart> {
  if (/^https?:\/\//i.test(source)) return { type: "image", data: new URL(source) };
  const data = await readFile(source).catch((error: Error) => {
    throw new UsageError(`can't read the image ${source}: ${error.message}`);
  });
  return { type: "image", data };
}

/** A JSON Schema from a file. @throws UsageError */
export async function loadSchema(path: string): Promise<JSONSchema> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new UsageError(`can't read the schema ${path}: ${error.message}`);
  });
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) return schema as JSONSchema;
  } catch {}
  throw new UsageError(`${path} holds no JSON Schema: expected a JSON object`);
}
