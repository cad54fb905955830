import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { HostRow, RefusedParameter } from "./host-row.js";

type Body = Record<string, unknown>;

/** The fields of OpenAI's that parameters go into. */
const FIELDS: Readonly<Record<RefusedParameter, string>> = {
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  seed: "seed",
  stopSequences: "stop",
  tools: "tools",
  toolChoice: "tool_choice",
  parallelToolCalls: "parallel_tool_calls",
  cacheKey: "prompt_cache_key",
  user: "user",
  "messages.name": "name",
};

/** Changes a chat request from OpenAI's form to the host's own, as its row says. Loaded with the first request of a host that differs. */
export function tailor(row: HostRow, body: Body, request: AdapterRequest, context: CallContext): void {
  for (const parameter of row.refuses ?? []) refuse(row, parameter, body, context);
  toReasoning(row, body, request, context);
  if (row.jsonObjectOnly) toJSONObject(row, body, request, context);
  for (const message of body.messages as Body[]) {
    if (row.thinkTags === "return") toTags(message);
    if (row.plainText) toPlainText(message);
  }
  for (const [field, name] of Object.entries(row.names ?? {})) {
    if (body[field] === undefined) continue;
    body[name] = body[field];
    delete body[field];
  }
}

function refuse(row: HostRow, parameter: RefusedParameter, body: Body, context: CallContext): void {
  const field = FIELDS[parameter];
  const places = parameter === "messages.name" ? (body.messages as Body[]) : [body];
  const given = places.filter((place) => place[field] !== undefined);
  if (given.length === 0) return;
  context.unsupported(parameter, `${row.name} does not take it, see ${row.docs}`);
  for (const place of given) delete place[field];
}

function toReasoning(row: HostRow, body: Body, { reasoning }: AdapterRequest, context: CallContext): void {
  const { reasoning: form = "reasoning_effort" } = row;
  const { effort, budgetTokens: budget } = reasoning ?? {};
  if (form === "reasoning_effort" || (effort === undefined && budget === undefined)) return;
  const off = effort === "none";
  delete body.reasoning_effort;
  switch (form) {
    case "reasoning":
      // One or the other: of the two a budget says more.
      body.reasoning = budget === undefined ? { effort } : { max_tokens: budget };
      break;
    case "thinking_and_effort":
      body.thinking = { type: off ? "disabled" : "enabled", ...budgetField(budget, "budget_tokens") };
      if (!off) body.reasoning_effort = effort;
      break;
    case "thinking":
      body.thinking = { type: off ? "disabled" : "enabled", ...budgetField(budget, "budget_tokens") };
      if (!off) ungraded(row, effort, context);
      break;
    case "enable_thinking":
      body.enable_thinking = !off;
      Object.assign(body, budgetField(budget, "thinking_budget"));
      if (!off) ungraded(row, effort, context);
      break;
    case "none":
      context.unsupported("reasoning.effort", `${row.name} can't be told how much to think, see ${row.docs}`);
  }
}

function budgetField(budget: number | undefined, field: string): Body {
  return budget === undefined ? {} : { [field]: budget };
}

function ungraded(row: HostRow, effort: string | undefined, context: CallContext): void {
  if (effort === undefined) return;
  context.warn({
    type: "changed",
    parameter: "reasoning.effort",
    message: `${row.name} knows only whether to think, not how much: ${effort} turns it on`,
  });
}

/** The schema in words, for it can't be sent as one. Core still holds the reply to it. */
function toJSONObject(row: HostRow, body: Body, { output }: AdapterRequest, context: CallContext): void {
  if (!output?.schema) return;
  body.response_format = { type: "json_object" };
  const instruction = `Reply with nothing but a JSON object that conforms to this JSON Schema: ${JSON.stringify(output.schema)}`;
  const messages = body.messages as { role: string; content: unknown }[];
  const [first, ...rest] = messages;
  body.messages =
    first?.role === "system" && typeof first.content === "string"
      ? [{ ...first, content: `${first.content}\n\n${instruction}` }, ...rest]
      : [{ role: "system", content: instruction }, ...messages];
  context.warn({
    type: "changed",
    parameter: "output",
    message: `${row.name} knows no JSON Schema: any JSON object was asked for, with the schema in the system message`,
  });
}

/** Reasoning goes back where it came from: before the text, between tags. */
function toTags(message: Body): void {
  const { reasoning_content: reasoning, content } = message;
  if (typeof reasoning !== "string") return;
  delete message.reasoning_content;
  message.content = `<think>\n${reasoning}\n</think>\n\n${typeof content === "string" ? content : ""}`;
}

function toPlainText(message: Body): void {
  const { content } = message;
  if (!Array.isArray(content) || content.some((part: { type?: string }) => part.type !== "text")) return;
  message.content = content.map((part: { text: string }) => part.text).join("\n\n");
}
