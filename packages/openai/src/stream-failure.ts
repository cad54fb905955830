import { isLLMError, LLMError } from "@llmux/core/adapter";
import { errorFromObject } from "./errors.js";
import { malformed } from "./malformed.js";
import { StreamTrouble } from "./stream-decoder.js";

/** What ended a stream too soon, in terms of the taxonomy. Loaded when something has. */
export function streamFailure(error: unknown): unknown {
  if (isLLMError(error)) return error;
  if (!(error instanceof StreamTrouble)) return malformed("The stream holds an event of another shape", String(error));
  const { trouble, what } = error;
  if (trouble === "reported") return errorFromObject(what);
  if (trouble === "not-json") return malformed("The stream holds an event that is not JSON", what);
  if (trouble === "no-object") return malformed("The stream holds an event that is no object", what);
  return new LLMError({ kind: "connection", message: "The stream ended before the provider said that it was done" });
}
