import type { AssistantPart, GenerateRequest, Message, Tool } from "@llmux/core";
import { cleanValue } from "./clean-value.js";
import { type RecordedPart, recordedParts } from "./message-parts.js";
import type { ContentOptions } from "./options.js";
import type { Redactor } from "./redactor.js";
import { TextBudget } from "./text-budget.js";

/** A recorded attribute: JSON by the conventions' schemas, and whether something of it was cut. */
export interface Recorded {
  json: string;
  truncated: boolean;
}

/** Makes the attributes that hold content. Each throws what the redaction hook throws. */
export class ContentRecorder {
  constructor(
    readonly options: Required<ContentOptions>,
    private readonly redact: Redactor,
  ) {}

  /** The system messages that the conversation begins with; `undefined` where there are none. */
  instructions({ messages }: GenerateRequest): Recorded | undefined {
    const system = messages.slice(0, instructionsIn(messages));
    if (system.length === 0) return undefined;
    const budget = this.#budget();
    return recorded(
      system.flatMap(({ content }) => recordedParts(content, budget)),
      budget,
    );
  }

  /** The other messages. What does not fit is left out from the oldest on, since the newest say what was asked. */
  input({ messages }: GenerateRequest): Recorded {
    const budget = this.#budget();
    const kept: object[] = [];
    const first = instructionsIn(messages);
    for (let index = messages.length - 1; index >= first; index--) {
      if (budget.spent) {
        budget.truncated = true;
        break;
      }
      const message = messages[index]!;
      const name = "name" in message && message.name !== undefined ? { name: budget.name(message.name) } : {};
      kept.push({ role: message.role, parts: recordedParts(message.content, budget), ...name });
    }
    return recorded(kept.reverse(), budget);
  }

  /** @param finishReason in the conventions' words */
  output(content: readonly AssistantPart[], finishReason: string): Recorded {
    const budget = this.#budget();
    return recorded(
      [{ role: "assistant", parts: recordedParts(content, budget), finish_reason: budget.name(finishReason) }],
      budget,
    );
  }

  tools(tools: readonly Tool[]): Recorded {
    const budget = this.#budget();
    return recorded(
      tools.map((tool) => this.#tool(tool, budget)),
      budget,
    );
  }

  #tool(tool: Tool, budget: TextBudget): RecordedPart {
    if (tool.type === "provider") {
      const { type = "provider", name = type } = tool.value;
      return { type: budget.name(String(type)), name: budget.name(String(name)) };
    }
    const { name, description, inputSchema } = tool;
    const definition = { type: "function", name: budget.name(name) };
    if (this.options.tools !== "full") return definition;
    return {
      ...definition,
      ...(description !== undefined && { description: budget.take(description) }),
      // A validator's own object is no JSON Schema.
      ...(inputSchema && !("~standard" in inputSchema) && { parameters: cleanValue(inputSchema, budget) }),
    };
  }

  #budget(): TextBudget {
    return new TextBudget(this.options.maxLength, this.redact);
  }
}

function instructionsIn(messages: readonly Message[]): number {
  const other = messages.findIndex(({ role }) => role !== "system");
  return other < 0 ? messages.length : other;
}

function recorded(value: unknown, budget: TextBudget): Recorded {
  return { json: JSON.stringify(value), truncated: budget.truncated };
}
