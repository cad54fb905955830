import { LLMError } from "./errors.js";
import { type Host, HostedCall } from "./hosted-call.js";
import { normalizeRequest, requireModel } from "./normalize-request.js";
import type { CountTokensRequest, EmbedRequest, ListModelsRequest } from "./request.js";
import type { CountTokensResult, EmbedResult, ModelInfo } from "./result.js";

// The calls that not every adapter has, for those that have them. Loaded with the first: most programs only generate.

export function embed(host: Host, request: EmbedRequest): Promise<EmbedResult> {
  return new HostedCall(host, request).run(async (call) => {
    const { signal: _s, timeout: _t, dropParams: _d, ...rest } = request;
    const model = requireModel(request.model);
    const { values } = request;
    if (!Array.isArray(values) || !values.every((value) => typeof value === "string")) {
      throw new LLMError({
        kind: "invalid-request",
        parameter: "values",
        message: "values must be an array of strings",
      });
    }
    const result = await host.backend.embed!({ ...rest, model }, call);
    return { ...result, provider: host.id, model, warnings: call.warnings };
  });
}

export function listModels(host: Host, request: ListModelsRequest): Promise<readonly ModelInfo[]> {
  return new HostedCall(host, request).run((call) => host.backend.listModels!(request, call));
}

export function countTokens(host: Host, request: CountTokensRequest): Promise<CountTokensResult> {
  return new HostedCall(host, request).run(async (call) =>
    host.backend.countTokens!(await normalizeRequest(request), call),
  );
}
