import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { ChatRequest, Message } from "ollama/browser";
import { toPlainMessage } from "./plain-message.js";
import { samplingOptions } from "./sampling.js";

let rich: typeof import("./to-messages.js") | undefined;
let fields: typeof import("./fields.js") | undefined;

/**
 * The body of `/api/chat`. What `providerOptions.ollama` says wins over the neutral parameters. What a request for text from text has
 * no need of is loaded when a request does.
 *
 * @throws LLMError `unsupported` for what Ollama can't take, `invalid-request` for media that is none
 */
export async function toChatRequest(request: AdapterRequest, context: CallContext): Promise<ChatRequest> {
  const { messages, output, reasoning, tools, providerOptions } = request;
  let wire = messages.map(toPlainMessage);
  if (wire.includes(undefined)) {
    rich ??= await import("./to-messages.js");
    wire = rich.toMessages(messages, context);
  }
  const body: ChatRequest = { model: request.model, messages: wire as Message[] };
  const options = samplingOptions(request);
  if (options) body.options = options;
  if (!output && !reasoning && !tools && !providerOptions?.ollama) return body;
  fields ??= await import("./fields.js");
  return fields.withTools(body, request, context);
}
