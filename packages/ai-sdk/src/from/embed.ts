import type { EmbeddingModelV4CallOptions, EmbeddingModelV4Result } from "@ai-sdk/provider";
import type { AdapterEmbedRequest, AdapterEmbedResult, CallContext } from "@llmux/core/adapter";
import { fromModelWarning } from "../shared/warnings.js";
import { otherOptions } from "./known-options.js";
import type { AnyEmbeddingModel } from "./models.js";
import type { Names } from "./names.js";
import { responseInfo } from "./response-info.js";

export async function embed(
  model: AnyEmbeddingModel,
  names: Names,
  request: AdapterEmbedRequest,
  context: CallContext,
): Promise<AdapterEmbedResult> {
  const { values, dimensions, headers } = request;
  const older = model.specificationVersion !== "v4";
  const providerOptions = otherOptions(
    { user: request.user, dimensions: older ? dimensions : undefined },
    "embed",
    request,
    names,
    context,
  );
  const most = (await model.maxEmbeddingsPerCall) ?? values.length;
  const parallel = await model.supportsParallelCalls;
  const run = async (batch: string[]): Promise<EmbeddingModelV4Result> => {
    const options: EmbeddingModelV4CallOptions = { values: batch, abortSignal: context.signal };
    if (dimensions !== undefined && !older) options.dimensions = dimensions;
    if (headers) options.headers = { ...headers };
    if (providerOptions) options.providerOptions = providerOptions;
    return (await model.doEmbed(options as never)) as EmbeddingModelV4Result;
  };
  const batches = split(values, most);
  const results: EmbeddingModelV4Result[] = [];
  if (parallel) results.push(...(await Promise.all(batches.map(run))));
  else for (const batch of batches) results.push(await run(batch));
  for (const { warnings } of results) for (const warning of warnings ?? []) context.warn(fromModelWarning(warning));
  const tokens = results.map(({ usage }) => usage?.tokens);
  const known = tokens.every((count) => typeof count === "number" && Number.isFinite(count));
  return {
    embeddings: results.flatMap(({ embeddings }) => embeddings.map((vector) => Float32Array.from(vector))),
    usage: {
      inputTokens: {
        total: known && tokens.length > 0 ? tokens.reduce<number>((sum, count) => sum + count!, 0) : undefined,
      },
    },
    response: responseInfo({ headers: results.at(-1)?.response?.headers }),
  };
}

function split(values: readonly string[], most: number): string[][] {
  const size = most >= 1 && Number.isFinite(most) ? Math.floor(most) : Math.max(values.length, 1);
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}
