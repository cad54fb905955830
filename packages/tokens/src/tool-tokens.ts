import { type JSONSchema, requestKey, type Tool } from "@llmux/core";

/**
 * Tools as OpenAI puts them to the model, by its cookbook: the texts to be counted, and the tokens around them
 * (https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken).
 */
export interface ToolText {
  texts: string[];
  overhead: number;
}

const TOOL = { o200k: 7, cl100k: 10 };
const END = 12;
const PROPERTIES = 3;
const PROPERTY = 3;
const ENUM = -3;
const ENUM_ITEM = 3;

export function toolText(tools: readonly Tool[], encoding: "cl100k" | "o200k"): ToolText {
  const to: ToolText = { texts: [], overhead: tools.length > 0 ? END : 0 };
  for (const tool of tools) {
    to.overhead += TOOL[encoding];
    if (tool.type === "provider") {
      to.texts.push(requestKey(tool.value));
      continue;
    }
    to.texts.push(`${tool.name}:${withoutDot(tool.description)}`);
    // In JSON Schema, whichever library the schema is of.
    if (tool.inputSchema) addProperties(to, JSON.parse(requestKey({ schema: tool.inputSchema })).schema);
  }
  return to;
}

function addProperties(to: ToolText, schema: JSONSchema): void {
  const properties = Object.entries((schema?.properties ?? {}) as Record<string, JSONSchema>);
  if (properties.length === 0) return;
  to.overhead += PROPERTIES;
  for (const [name, property] of properties) {
    to.overhead += PROPERTY;
    if (typeof property !== "object" || property === null) continue;
    const { type, description, enum: values, items } = property;
    if (Array.isArray(values)) {
      to.overhead += ENUM + values.length * ENUM_ITEM;
      to.texts.push(...values.map(String));
    }
    to.texts.push(`${name}:${type ?? ""}:${withoutDot(description)}`);
    // The cookbook stops at one level; objects within are taken to be put likewise.
    addProperties(to, property);
    if (typeof items === "object" && items !== null && !Array.isArray(items)) addProperties(to, items as JSONSchema);
  }
}

function withoutDot(text: unknown): string {
  return typeof text === "string" ? text.replace(/\.$/, "") : "";
}
