import { completeResult } from "./complete-result.js";
import { LLMError } from "./errors.js";
import { type Host, HostedCall } from "./hosted-call.js";
import { modelFault } from "./message-fault.js";
import { normalizeRequest } from "./normalize-request.js";
import type { OptionalCall } from "./optional-calls.js";
import type { CallOptions, CountTokensRequest, GenerateRequest } from "./request.js";

type Request = CallOptions & { model?: string };

/** A call whose answer comes whole. Loaded with the first: a program that streams needs none. */
export async function wholeCall(host: Host, name: "generate" | OptionalCall, request: Request): Promise<unknown> {
  const call = new HostedCall(host, request);
  call.abortable = Boolean(request.signal ?? request.timeout);
  try {
    await call.begin();
    return await call.race(answer(call, name, request), "answer");
  } catch (error) {
    throw await call.toError(error);
  } finally {
    call.end();
  }
}

async function answer(call: HostedCall, name: "generate" | OptionalCall, request: Request): Promise<unknown> {
  const { id: provider, backend } = call.host;
  if (name === "generate") {
    const { output } = request as GenerateRequest;
    const result = await backend.generate(await normalizeRequest(request as GenerateRequest, provider), call);
    return completeResult(result, call, output);
  }
  if (name === "listModels") return backend.listModels!(request, call);
  if (name === "countTokens")
    return backend.countTokens!(await normalizeRequest(request as CountTokensRequest, provider), call);
  const { signal: _s, timeout: _t, dropParams: _d, context: _c, ...rest } = request;
  const { model } = request;
  if (!model) throw modelFault();
  checkInput(name, rest);
  const result: object = await backend[name]!({ ...rest, model } as never, call);
  return { ...result, provider, model, warnings: call.warnings };
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
