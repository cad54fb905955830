import {
  collect,
  type GenerateResult,
  type LLM,
  LLMError,
  type Message,
  observeStream,
  type StreamEvent,
  type ToolResultPart,
  type Warning,
} from "@llmux/core";
import { runTool, tools } from "./tools.js";
import { addCost, addUsage } from "./usage.js";

export interface AnswerOptions {
  model?: string | undefined;
  /** Let the model call the demonstration tools. */
  tools?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onEvent(event: StreamEvent): void;
  onToolResult?(result: ToolResultPart): void;
}

export interface Answer {
  /** The last reply, with the usage, the cost and the warnings of all rounds together. */
  result: GenerateResult;
  /** What the turn adds to the conversation: replies and tool results. */
  messages: readonly Message[];
}

/** A model that asks for tools again and again is stopped after so many replies. */
const MAX_ROUNDS = 10;

/**
 * Streams the answer to a conversation. Where the model asks for tools, runs them and lets it go on, until it answers.
 * @throws LLMError with what came before the failure in `partial`
 */
export async function answer(llm: LLM, conversation: readonly Message[], options: AnswerOptions): Promise<Answer> {
  const added: Message[] = [];
  const warnings: Warning[] = [];
  let usage: GenerateResult["usage"] | undefined;
  let cost: GenerateResult["cost"];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const stream = llm.stream({
      messages: [...conversation, ...added],
      model: options.model,
      signal: options.signal,
      ...(options.tools && { tools }),
    });
    const result = await collect(observeStream(stream, { event: options.onEvent }));
    cost = usage ? addCost(cost, result.cost) : result.cost;
    usage = usage ? addUsage(usage, result.usage) : result.usage;
    warnings.push(...result.warnings);
    added.push(result.message);
    if (!options.tools || result.toolCalls.length === 0) {
      return { result: { ...result, usage, cost, warnings }, messages: added };
    }
    const results = result.toolCalls.map(runTool);
    for (const toolResult of results) options.onToolResult?.(toolResult);
    added.push({ role: "tool", content: results });
  }
  throw new LLMError({
    kind: "server",
    retryable: false,
    message: `No answer after ${MAX_ROUNDS} rounds of tool calls`,
  });
}
