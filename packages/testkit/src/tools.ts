import type { FunctionTool } from "@llmux/core";

const object = (properties: Record<string, object>): Record<string, unknown> => ({
  type: "object",
  properties,
  required: Object.keys(properties).slice(0, 1),
  additionalProperties: true,
});

/** The tools that the scripted replies call. */
export const TOOLS: readonly FunctionTool[] = [
  {
    name: "get_weather",
    description: "The weather of a city",
    inputSchema: object({ city: { type: "string" }, days: { type: "array", items: { type: "integer" } } }),
  },
  { name: "get_time", description: "The time", inputSchema: object({ zone: { type: "string" } }) },
];
