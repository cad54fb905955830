import type { AdapterRequest, AdapterResult, CallContext } from "@llmux/core/adapter";
import type { Send } from "./backend.js";
import type { WireHost } from "./host.js";
import type { StreamDecoder } from "./stream-decoder.js";

/** An API beside Chat Completions. Loaded with the first call that goes through it. */
export interface LateApi {
  generate(...call: LateCall): Promise<{ result: AdapterResult; response: Response }>;
  stream(...call: LateCall): Promise<{ decoder: StreamDecoder; response: Response }>;
}

type LateCall = [send: Send, host: WireHost, request: AdapterRequest, context: CallContext];

/** By the name of the API. */
export const LATE_APIS: Readonly<Record<"responses" | "completions", () => Promise<LateApi>>> = {
  responses: async () => (await import("./responses.js")).responses,
  completions: async () => (await import("./completions.js")).completions,
};
