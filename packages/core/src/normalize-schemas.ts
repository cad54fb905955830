import type { AdapterRequest, AdapterTool } from "./adapter-backend.js";
import { LLMError } from "./errors.js";
import type { JSONSchema } from "./json.js";
import type { GenerateRequest } from "./request.js";
import { toJSONSchema } from "./schema.js";
import type { Tool } from "./tool.js";

const NO_ARGUMENTS: JSONSchema = { type: "object", properties: {}, additionalProperties: false };

/** The tools and the output format of a request as an adapter gets them. Loaded when a request has either. */
export function normalizeSchemas(
  tools: readonly Tool[] | undefined,
  output: GenerateRequest["output"],
): Pick<AdapterRequest, "tools" | "output"> {
  const result: Pick<AdapterRequest, "tools" | "output"> = {};
  if (tools?.length) result.tools = tools.map(normalizeTool);
  if (output === "json") result.output = { name: "output", strict: false };
  else if (output) {
    if (typeof output !== "object" || !output.schema) {
      throw new LLMError({
        kind: "invalid-request",
        parameter: "output",
        message: 'output must be "json" or { schema }, the schema a Standard Schema or a JSON Schema',
      });
    }
    result.output = {
      schema: toJSONSchema(output.schema, "output.schema"),
      name: output.name ?? "output",
      description: output.description,
      strict: output.strict ?? true,
    };
  }
  return result;
}

function normalizeTool(tool: Tool, index: number): AdapterTool {
  if (tool.type === "provider") return tool;
  if (typeof tool.name !== "string" || tool.name === "") {
    const parameter = `tools[${index}].name`;
    throw new LLMError({ kind: "invalid-request", parameter, message: `${parameter} must be the tool's name` });
  }
  const inputSchema = tool.inputSchema
    ? toJSONSchema(tool.inputSchema, `tools.${tool.name}.inputSchema`)
    : NO_ARGUMENTS;
  return { ...tool, type: "function", inputSchema };
}
