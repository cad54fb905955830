import type { AdapterMessage, AdapterRequest } from "./adapter-backend.js";
import type { Message } from "./message.js";
import type { CountTokensRequest, GenerateRequest } from "./request.js";

/**
 * The request as an adapter gets it: parts for strings, JSON Schema for every schema, the model named.
 *
 * @param provider the adapter's id
 * @throws LLMError `invalid-request` that names the parameter at fault
 */
export async function normalizeRequest(
  request: GenerateRequest | CountTokensRequest,
  provider: string,
): Promise<AdapterRequest> {
  const {
    model,
    messages,
    tools,
    signal: _s,
    timeout: _t,
    dropParams: _d,
    context: _c,
    output,
    ...rest
  } = request as GenerateRequest;
  if (typeof model !== "string" || model === "") throw await (await rich()).modelFault();
  const result: AdapterRequest = {
    ...rest,
    model,
    messages: plainMessages(messages) ?? (await (await rich()).normalizeMessages(messages, provider)),
  };
  if (tools?.length || output)
    Object.assign(result, (await import("./normalize-schemas.js")).normalizeSchemas(tools, output));
  return result;
}

/** Messages that are all text, as most are; `undefined` where one holds anything else. */
function plainMessages(messages: readonly Message[]): AdapterMessage[] | undefined {
  const plain: AdapterMessage[] = [];
  if (Array.isArray(messages))
    for (const message of messages) {
      const { role, content } = message ?? {};
      if (typeof content !== "string" || !/^(system|user|assistant)$/.test(role)) return undefined;
      plain.push({ ...message, content: content === "" ? [] : [{ type: "text", text: content }] });
    }
  return plain.length > 0 ? plain : undefined;
}

/** Kept, for the loader takes its time even over a module that it has. */
let module: Promise<typeof import("./normalize-messages.js")> | undefined;

function rich(): Promise<typeof import("./normalize-messages.js")> {
  module ??= import("./normalize-messages.js");
  return module;
}
