import type { CountTokensResult } from "@llmux/core";
import { type AdapterRequest, type CallContext, LLMError } from "@llmux/core/adapter";
import type { Host } from "./backend.js";
import { modelPath } from "./model-path.js";
import { toRequest } from "./to-request.js";

/** `countTokens`, with the system instruction and the tools. */
export async function countTokens(
  { connection, provider }: Host,
  request: AdapterRequest,
  context: CallContext,
): Promise<CountTokensResult> {
  const vertex = await connection.isVertex();
  const path = modelPath(request.model, vertex);
  const { contents, systemInstruction, tools, toolConfig, generationConfig } = toRequest(request, provider, context);
  const body = vertex
    ? { contents, systemInstruction, tools, generationConfig }
    : { generateContentRequest: { model: path, contents, systemInstruction, tools, toolConfig, generationConfig } };
  const { body: answer } = await connection.json<{ totalTokens?: number } | null>(
    { path: `${path}:countTokens`, body },
    { signal: context.signal, headers: request.headers },
  );
  if (typeof answer?.totalTokens === "number") return { inputTokens: answer.totalTokens };
  const message = "The answer holds no number of tokens";
  throw new LLMError({ kind: "malformed-response", message, text: JSON.stringify(answer) });
}
