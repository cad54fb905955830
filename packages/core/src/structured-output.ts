import { isLLMError, LLMError } from "./errors.js";
import type { UnifiedFinishReason } from "./finish-reason.js";
import type { GenerateRequest } from "./request.js";
import type { GenerateResult } from "./result.js";
import { isStandardSchema } from "./schema.js";
import type { Warning } from "./warning.js";
import { withErrorFacts } from "./with-error-facts.js";

/**
 * The value that a reply's text stands for. Broken JSON is mended where it can be, with a warning; a reply that a token limit
 * cut is not, since a mended half would pass for a whole.
 *
 * A reply that is a tool call or a refusal instead has no output: `undefined`.
 *
 * @throws LLMError `malformed-response` with the reply in `text`: not JSON, or not of the schema
 */
export async function parseOutput(
  text: string,
  output: NonNullable<GenerateRequest["output"]>,
  finish: UnifiedFinishReason,
): Promise<{ output: unknown; warnings: Warning[] }> {
  const warnings: Warning[] = [];
  if (finish === "tool-calls" || finish === "content-filter") return { output: undefined, warnings };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (finish === "length") throw malformed("The reply was cut at the token limit before its JSON ended", text, cause);
    value = await repair(text);
    warnings.push({
      type: "repaired",
      parameter: "output",
      message: "The model's JSON was broken and has been mended",
    });
  }
  if (output === "json" || !isStandardSchema(output.schema)) return { output: value, warnings };
  const result = await output.schema["~standard"].validate(value);
  if (!result.issues) return { output: result.value, warnings };
  const issues = result.issues.map(({ message, path }) => {
    const where = path?.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
    return where ? `${where}: ${message}` : message;
  });
  throw malformed(`The reply does not fit the schema: ${issues.join("; ")}`, text, result.issues);
}

/**
 * {@link parseOutput} of a reply that has come. It is charged though it can't be used, so that its error has its usage.
 *
 * @throws LLMError `malformed-response`
 */
export async function outputOf(
  { text, finishReason, usage }: Pick<GenerateResult, "text" | "finishReason" | "usage">,
  output: NonNullable<GenerateRequest["output"]>,
): Promise<{ output: unknown; warnings: Warning[] }> {
  try {
    return await parseOutput(text, output, finishReason.unified);
  } catch (error) {
    throw isLLMError(error) ? withErrorFacts(error, { usage }) : error;
  }
}

async function repair(text: string): Promise<unknown> {
  const { jsonrepair } = await import("jsonrepair");
  const bare = text.trim();
  const json = /^[[{]/.test(bare) ? bare : (/```\w*\s*([[{][\s\S]*)```/.exec(bare)?.[1] ?? "");
  try {
    if (json !== "") {
      const value: unknown = JSON.parse(jsonrepair(json));
      // Several values one after the other, or with words between, are "mended" into a list that the model never wrote.
      if (Array.isArray(value) === json.startsWith("[")) return value;
    }
    // Among words only what needs no mending counts: braces in prose are no object.
    return JSON.parse(bare.slice(bare.indexOf("{"), bare.lastIndexOf("}") + 1));
  } catch (cause) {
    throw malformed("The reply is not JSON and can't be mended", text, cause);
  }
}

function malformed(message: string, text: string, cause: unknown): LLMError {
  return new LLMError({ kind: "malformed-response", message, text, cause });
}
