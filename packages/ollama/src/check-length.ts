import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { ChatRequest, GenerateRequest } from "ollama/browser";
import type { OllamaConnection } from "./client.js";
import { contextAsked } from "./prompt-length.js";
import { cutWarning, estimateTokens, wasCut } from "./truncation.js";

/** Warns where the server cut the prompt, of which it read `count` tokens. */
export async function checkLength(
  connection: OllamaConnection,
  { model, headers }: AdapterRequest,
  body: ChatRequest | GenerateRequest,
  count: number,
  context: CallContext,
): Promise<void> {
  const asked = contextAsked(body);
  const estimate = estimateTokens(body);
  if (!wasCut(count, asked, estimate)) return;
  const limit = asked ?? (await loadedContext(connection, model, headers, context));
  if (wasCut(count, limit, estimate)) context.warn(cutWarning(count, limit, estimate));
}

/** The context's length that the server loaded a model with, by `/api/ps`; `undefined` where it does not say. */
async function loadedContext(
  connection: OllamaConnection,
  model: string,
  headers: AdapterRequest["headers"],
  { signal }: CallContext,
): Promise<number | undefined> {
  try {
    const { answer } = await connection.send({ signal, headers, model }, (client) => client.ps());
    const full = model.includes(":") ? model : `${model}:latest`;
    const loaded = answer.models.find(({ name, model: id }) => name === full || id === full);
    // Newer servers say it (`ProcessModelResponse`), the SDK's types don't.
    const { context_length } = (loaded ?? {}) as { context_length?: number };
    return context_length || undefined;
  } catch {
    // It only makes a warning more certain; the reply is there already.
    return undefined;
  }
}
