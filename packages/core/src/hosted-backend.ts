import type { LLMBackend } from "./backend.js";
import { completeResult } from "./complete-result.js";
import { LLMError } from "./errors.js";
import { type Host, HostedCall } from "./hosted-call.js";
import { HostedStream } from "./hosted-stream.js";
import { normalizeRequest, requireModel } from "./normalize-request.js";

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
  if (backend.embed) {
    hosted.embed = (request) =>
      new HostedCall(host, request).run(async (call) => {
        const { signal: _s, timeout: _t, dropParams: _d, ...rest } = request;
        const model = requireModel(request.model);
        requireValues(request.values);
        const result = await backend.embed!({ ...rest, model }, call);
        return { ...result, provider, model, warnings: call.warnings };
      });
  }
  if (backend.listModels) {
    hosted.listModels = (request = {}) => new HostedCall(host, request).run((call) => backend.listModels!(request, call));
  }
  if (backend.countTokens) {
    hosted.countTokens = (request) =>
      new HostedCall(host, request).run(async (call) => backend.countTokens!(await normalizeRequest(request), call));
  }
  return hosted;
}

function requireValues(values: readonly string[]): void {
  if (!Array.isArray(values) || !values.every((value) => typeof value === "string")) {
    throw new LLMError({ kind: "invalid-request", parameter: "values", message: "values must be an array of strings" });
  }
}
