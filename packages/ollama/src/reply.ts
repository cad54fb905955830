/**
 * What `/api/chat` and `/api/generate` answer: whole, or one line of a stream. Every field may be missing: the SDK's types say otherwise,
 * the recordings don't.
 */
export interface Reply {
  model?: string;
  created_at?: string;
  /** `/api/chat`. */
  message?: { content?: string; thinking?: string; tool_calls?: readonly ReplyToolCall[] } | null;
  /** `/api/generate`. */
  response?: string;
  thinking?: string;
  /** The tokens of the conversation so far, to be sent with the next prompt. */
  context?: readonly number[];
  done?: boolean;
  done_reason?: string;
  error?: unknown;
  logprobs?: readonly unknown[];
  /** Nanoseconds, as are the other durations. */
  total_duration?: number;
  load_duration?: number;
  prompt_eval_count?: number;
  prompt_eval_duration?: number;
  eval_count?: number;
  eval_duration?: number;
}

export interface ReplyToolCall {
  /** Only from newer servers. */
  id?: string;
  function: { name: string; arguments?: unknown };
}

/** Whether an answer, or a line of one, is a reply: no error in place of one, and nothing else. */
export function isReply(answer: Reply | null): boolean {
  if (typeof answer !== "object" || answer === null || (answer.error ?? null) !== null) return false;
  const { message, response, thinking, done } = answer;
  if (!isText(response) || !isText(thinking)) return false;
  if (!message) return done !== undefined || response !== undefined;
  const { tool_calls: calls } = message;
  return (
    isText(message.content) && isText(message.thinking) && (!calls || (Array.isArray(calls) && calls.every(isCall)))
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string" || value === undefined || value === null;
}

function isCall(call: ReplyToolCall | null): boolean {
  return typeof call?.function?.name === "string";
}

export function textOf(reply: Reply): string {
  return reply.message?.content ?? reply.response ?? "";
}

export function thinkingOf(reply: Reply): string {
  return reply.message?.thinking ?? reply.thinking ?? "";
}
