import type { AdapterRequest, AdapterTool, CallContext } from "@llmux/core/adapter";
import { toMessages } from "./to-messages.js";

/** The body of a chat completion without its model, which depends on the way there. */
export type ChatBody = Record<string, unknown> & { messages: unknown[] };

/**
 * The body of a chat completion. What `providerOptions.huggingface` says wins over the neutral parameters.
 * @throws LLMError `unsupported` for what can't be sent, `invalid-request` for media that is none
 */
export function toChatBody(request: AdapterRequest, context: CallContext, stream: boolean): ChatBody {
  const { messages, providerOptions } = request;
  const body: ChatBody = { messages: toMessages(messages, context) };
  const set = (field: string, value: unknown): void => {
    if (value !== undefined) body[field] = value;
  };
  set("max_tokens", request.maxTokens);
  set("temperature", request.temperature);
  set("top_p", request.topP);
  set("frequency_penalty", request.frequencyPenalty);
  set("presence_penalty", request.presencePenalty);
  set("stop", request.stopSequences);
  set("seed", request.seed);
  set("user", request.user);
  set("reasoning_effort", request.reasoning?.effort);
  set("response_format", toResponseFormat(request));
  if (request.tools) addTools(body, request, context);
  if (stream) body.stream_options = { include_usage: true };
  if (request.topK !== undefined) {
    context.unsupported("topK", "few providers know it; give providerOptions.huggingface.top_k where yours does");
  }
  if (request.reasoning?.budgetTokens !== undefined) {
    context.unsupported("reasoning.budgetTokens", "thinking is graded, not counted; use reasoning.effort");
  }
  if (providerOptions?.huggingface) {
    for (const [field, value] of Object.entries(providerOptions.huggingface)) set(field, value);
  }
  return body;
}

function toResponseFormat({ output }: AdapterRequest): object | undefined {
  if (!output) return undefined;
  const { schema, name, description, strict } = output;
  if (!schema) return { type: "json_object" };
  return {
    type: "json_schema",
    json_schema: { name, ...(description !== undefined && { description }), schema, strict },
  };
}

function addTools(body: ChatBody, request: AdapterRequest, context: CallContext): void {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  const wire = tools.flatMap((tool) => toTool(tool, context));
  if (wire.length === 0) return;
  body.tools = wire;
  if (typeof toolChoice === "object") body.tool_choice = { type: "function", function: { name: toolChoice.tool } };
  else if (toolChoice !== undefined) body.tool_choice = toolChoice;
  if (parallelToolCalls !== undefined) body.parallel_tool_calls = parallelToolCalls;
}

function toTool(tool: AdapterTool, context: CallContext): object[] {
  if (tool.type === "provider") {
    if (tool.provider === "huggingface") return [tool.value];
    context.unsupported("tools", `those of ${tool.provider} run elsewhere`);
    return [];
  }
  const { name, description, inputSchema: parameters, strict } = tool;
  return [
    {
      type: "function",
      function: {
        name,
        ...(description !== undefined && { description }),
        parameters,
        ...(strict !== undefined && { strict }),
      },
    },
  ];
}
