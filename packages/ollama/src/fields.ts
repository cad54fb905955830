import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { ChatRequest, GenerateRequest } from "ollama/browser";
import { splitOptions } from "./options.js";
import { thinkFrom } from "./think.js";
import { toTools } from "./tools.js";

/** A chat's body with the fields that few requests need: the shape of the output, thinking, tools and provider options. */
export function withTools(body: ChatRequest, request: AdapterRequest, context: CallContext): ChatRequest {
  const result = withFormat(body, request, context);
  const tools = toTools(request, context);
  if (tools) result.tools = tools;
  return withOptions(result, request);
}

/** The body with the shape of the output and with thinking. */
export function withFormat<Body extends ChatRequest | GenerateRequest>(
  body: Body,
  request: AdapterRequest,
  context: CallContext,
): Body {
  const result = { ...body };
  if (request.output) result.format = request.output.schema ?? "json";
  if (request.providerOptions?.ollama?.think === undefined) {
    const think = thinkFrom(request, context);
    if (think !== undefined) result.think = think as NonNullable<ChatRequest["think"]>;
  }
  return result;
}

/** The body with what `providerOptions.ollama` says put over it. */
export function withOptions<Body extends ChatRequest | GenerateRequest>(body: Body, request: AdapterRequest): Body {
  const given = splitOptions(request.providerOptions?.ollama);
  const result = { ...body, ...given.body };
  const options = { ...body.options, ...given.options };
  if (Object.keys(options).length > 0) result.options = options;
  return result;
}
