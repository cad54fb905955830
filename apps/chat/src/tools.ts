import type { FunctionTool, ToolCallPart, ToolResultPart } from "@llmux/core";

interface DemoTool extends FunctionTool {
  run(input: Record<string, unknown>): unknown;
}

const operations: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
};

const demoTools: readonly DemoTool[] = [
  {
    name: "current_time",
    description: "The current date and time.",
    inputSchema: {
      type: "object",
      properties: { timeZone: { type: "string", description: "IANA time zone, such as Europe/Lisbon. Default: UTC" } },
    },
    run: ({ timeZone = "UTC" }) =>
      new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long", timeZone: String(timeZone) }).format(),
  },
  {
    name: "calculate",
    description: "Adds, subtracts, multiplies or divides two numbers.",
    inputSchema: {
      type: "object",
      properties: {
        left: { type: "number" },
        operator: { type: "string", enum: Object.keys(operations) },
        right: { type: "number" },
      },
      required: ["left", "operator", "right"],
      additionalProperties: false,
    },
    run({ left, operator, right }) {
      const operate = Object.hasOwn(operations, String(operator)) ? operations[String(operator)] : undefined;
      if (!operate || typeof left !== "number" || typeof right !== "number") {
        throw new Error("expected two numbers and one of + - * /");
      }
      return operate(left, right);
    },
  },
];

/** The tools of `--tools`, as a request takes them. */
export const tools: readonly FunctionTool[] = demoTools.map(({ run: _run, ...tool }) => tool);

/** Runs a call; what goes wrong is told to the model, which can then try again. */
export function runTool({ id, name, input, inputText }: ToolCallPart): ToolResultPart {
  const result = { type: "tool-result" as const, toolCallId: id, toolName: name };
  try {
    const tool = demoTools.find((candidate) => candidate.name === name);
    if (!tool) throw new Error(`there is no tool ${JSON.stringify(name)}`);
    if (typeof input !== "object" || input === null)
      throw new Error(`these arguments are no object: ${inputText ?? input}`);
    return { ...result, output: tool.run(input as Record<string, unknown>) };
  } catch (error) {
    return { ...result, output: (error as Error).message, isError: true };
  }
}
