import type { LLMBackend } from "./backend.js";
import { completeResult } from "./complete-result.js";
import { type Host, HostedCall } from "./hosted-call.js";
import { HostedStream } from "./hosted-stream.js";
import { normalizeRequest } from "./normalize-request.js";

/** The `LLMBackend` around an adapter's translation. */
export function hostBackend(host: Host): LLMBackend {
  const { id: provider, backend } = host;
  const hosted: LLMBackend = {
    provider,
    generate: (request) =>
      new HostedCall(host, request).run(async (call) => {
        const normalized = await normalizeRequest(request);
        const result = await backend.generate(normalized, call);
        return completeResult(result, call, request.output);
      }),
    stream: (request) => new HostedStream(host, request),
  };
  const others = (): Promise<typeof import("./hosted-other-calls.js")> => import("./hosted-other-calls.js");
  if (backend.embed) hosted.embed = async (request) => (await others()).embed(host, request);
  if (backend.listModels) hosted.listModels = async (request = {}) => (await others()).listModels(host, request);
  if (backend.countTokens) hosted.countTokens = async (request) => (await others()).countTokens(host, request);
  return hosted;
}
