import type { CountTokensResult } from "@llmux/core";
import { type AdapterRequest, type CallContext, LLMError } from "@llmux/core/adapter";
import type { BedrockConnection } from "./connection.js";
import { readJSON } from "./read-body.js";
import { toConverse } from "./to-converse.js";

/** Fields of Converse's body that CountTokens takes too. */
const COUNTED = new Set(["messages", "system", "toolConfig", "additionalModelRequestFields"]);

const PROFILE = /^(us|us-gov|eu|apac|au|ca|jp|global)\./;

export async function countTokens(
  connection: BedrockConnection,
  request: AdapterRequest,
  context: CallContext,
): Promise<CountTokensResult> {
  const { model: asked, body } = await toConverse(request, context);
  // It knows models, and not the inference profiles that stand before them.
  const model = { ...asked, id: asked.id.replace(PROFILE, "") };
  const converse = Object.fromEntries(Object.entries(body).filter(([name]) => COUNTED.has(name)));
  const exchange = { operation: "CountTokens", model, body: { input: { converse } }, context } as const;
  const answer = await connection.send({ ...exchange, headers: request.headers });
  const reply = await readJSON(answer.body);
  if (typeof reply.inputTokens === "number") return { inputTokens: reply.inputTokens };
  const text = JSON.stringify(reply);
  throw new LLMError({ kind: "malformed-response", message: "The reply holds no number of tokens", text });
}
