import { LLMError } from "./errors.js";
import { type Host, HostedCall } from "./hosted-call.js";
import { modelFault } from "./message-fault.js";
import { normalizeRequest } from "./normalize-request.js";
import type { OptionalCall } from "./optional-calls.js";
import type { CallOptions, CountTokensRequest } from "./request.js";

/** One of the calls that not every adapter has. Loaded with the first: most programs only generate. */
export function otherCall(host: Host, name: OptionalCall, request: CallOptions & { model?: string }): Promise<unknown> {
  return new HostedCall(host, request).run<unknown>(async (call) => {
    if (name === "listModels") return host.backend.listModels!(request, call);
    if (name === "countTokens")
      return host.backend.countTokens!(await normalizeRequest(request as CountTokensRequest, host.id), call);
    const { signal: _s, timeout: _t, dropParams: _d, ...rest } = request;
    const { model } = request;
    if (!model) throw modelFault();
    checkInput(name, rest);
    const answer: object = await host.backend[name]!({ ...rest, model } as never, call);
    return { ...answer, provider: host.id, model, warnings: call.warnings };
  });
}

const isText = (value: unknown): boolean => typeof value === "string";
const isFilledText = (value: unknown): boolean => isText(value) && value !== "";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isMedia = (value: unknown): boolean => isFilledText(value) || (typeof value === "object" && value !== null);

/** What each call can't do without, and what it must be. */
const INPUTS: Readonly<Record<string, readonly (readonly [string, (value: unknown) => boolean, string])[]>> = {
  embed: [["values", isTexts, "an array of strings"]],
  rerank: [
    ["query", isText, "a string"],
    ["documents", isTexts, "an array of strings"],
  ],
  transcribe: [["audio", isMedia, "bytes, base64, a URL or { fileId }"]],
  speak: [["text", isFilledText, "the text to speak"]],
  generateImage: [["prompt", isText, "a string"]],
  moderate: [["values", Array.isArray, "an array of strings, or of arrays of text and image parts"]],
};

function checkInput(name: string, request: object): void {
  for (const [parameter, holds, expected] of INPUTS[name] ?? []) {
    if (holds((request as Record<string, unknown>)[parameter])) continue;
    throw new LLMError({ kind: "invalid-request", parameter, message: `${parameter} must be ${expected}` });
  }
}
