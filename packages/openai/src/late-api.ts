import type { AdapterRequest, AdapterResult, CallContext, EventStreamDecoder } from "@llmux/core/adapter";
import { LLMError } from "@llmux/core/adapter";
import type { Send } from "./backend.js";
import type { WireHost } from "./host.js";
import type { OpenAIApi } from "./options.js";

/** An API beside Chat Completions. Loaded with the first call that goes through it. */
export interface LateApi {
  generate(...call: LateCall): Promise<{ result: AdapterResult; response: Response }>;
  stream(...call: LateCall): Promise<{ decoder: EventStreamDecoder; response: Response }>;
}

type LateCall = [send: Send, host: WireHost, request: AdapterRequest, context: CallContext];

/** @throws LLMError `invalid-request` for a name that is none */
export async function lateApi(api: Exclude<OpenAIApi, "chat">): Promise<LateApi> {
  if (api === "responses") return (await import("./responses.js")).responses;
  if (api === "completions") return (await import("./completions.js")).completions;
  const message = `api must be "chat", "responses" or "completions", not ${JSON.stringify(api)}`;
  throw new LLMError({ kind: "invalid-request", parameter: "api", message });
}
