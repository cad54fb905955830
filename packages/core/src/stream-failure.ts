import { isLLMError, LLMError } from "./errors.js";
import { malformed } from "./malformed.js";
import { StreamFault } from "./stream-fault.js";

const WORDS: Readonly<Record<Exclude<StreamFault["what"], "cut">, string>> = {
  "no-body": "The provider's answer has no body",
  "not-json": "The stream holds an event that is not JSON",
  "not-object": "The stream holds an event that is no object",
  shape: "The stream holds an event of another shape",
  "too-long": "The stream holds an event or a line of more than 64 MiB",
  reported: "The provider reported an error in mid-stream",
};

/** A {@link StreamFault} in words. */
export function faultError({ what, got }: StreamFault, provider = "the provider"): LLMError {
  if (what === "cut")
    return new LLMError({ kind: "connection", message: `The stream ended before ${provider} said that it was done` });
  return got === undefined
    ? new LLMError({ kind: "malformed-response", message: WORDS[what] })
    : malformed(WORDS[what], got);
}

/**
 * What a decoder of a stream threw, in terms of the taxonomy, or as a `StreamFault` that core words where it knows the provider's name.
 * A decoder that stumbles over a value has met one of another type than the API's, and is not itself at fault.
 */
export async function streamFailure(error: unknown, failureOf: (reported: never) => unknown): Promise<unknown> {
  if (isLLMError(error)) return error;
  if (!(error instanceof StreamFault)) return malformed(WORDS.shape, String(error));
  if (error.what === "reported") return failureOf(error.got as never);
  return error.what === "cut" ? error : faultError(error);
}
