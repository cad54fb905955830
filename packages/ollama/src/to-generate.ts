import { type AdapterRequest, type CallContext, LLMError } from "@llmux/core/adapter";
import type { GenerateRequest } from "ollama/browser";
import { withFormat, withOptions } from "./fields.js";
import { samplingOptions } from "./sampling.js";
import { toUserMessage } from "./to-messages.js";

/**
 * The body of `/api/generate`: one prompt, with a system message if there is one. For raw prompts, templates and fill in the middle.
 * @throws LLMError `invalid-request` for a conversation, `unsupported` for tools
 */
export function toGenerateRequest(request: AdapterRequest, context: CallContext): GenerateRequest {
  const { messages } = request;
  const system = messages.flatMap((message) =>
    message.role === "system" ? message.content.map((part) => part.text) : [],
  );
  const [user, ...others] = messages.filter(({ role }) => role !== "system");
  if (user?.role !== "user" || others.length > 0) {
    const message =
      'providerOptions.ollama.api "generate" takes one user message besides system messages; leave it out for a conversation';
    throw new LLMError({ kind: "invalid-request", parameter: "messages", message });
  }
  if (request.tools && request.toolChoice !== "none")
    context.unsupported("tools", 'not with providerOptions.ollama.api "generate"');
  const { content, images } = toUserMessage(user.content, context);
  const body: GenerateRequest = { model: request.model, prompt: content };
  const options = samplingOptions(request);
  if (options) body.options = options;
  if (images) body.images = images as string[];
  if (system.length > 0) body.system = system.join("\n");
  return withOptions(withFormat(body, request, context), request);
}
