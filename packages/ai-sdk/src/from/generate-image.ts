import type { ImageModelV4CallOptions, ImageModelV4File, ImageModelV4Result } from "@ai-sdk/provider";
import type { GeneratedImage, GenerateImageRequest, GenerateImageResult, MediaData } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, LLMError } from "@llmux/core/adapter";
import { base64ToBytes, mediaSource } from "@llmux/core/media";
import { imageType } from "../shared/media-types.js";
import { count, NO_USAGE } from "../shared/usage.js";
import { fromModelWarning } from "../shared/warnings.js";
import { otherOptions } from "./known-options.js";
import type { AnyImageModel } from "./models.js";
import type { Names } from "./names.js";
import { responseInfo } from "./response-info.js";

export async function generateImage(
  model: AnyImageModel,
  names: Names,
  request: AdapterCall<GenerateImageRequest>,
  context: CallContext,
): Promise<AdapterAnswer<GenerateImageResult>> {
  const { prompt, n = 1, size, aspectRatio, seed, images, mask, headers, user } = request;
  const older = model.specificationVersion === "v2";
  if (older && images?.length) context.unsupported("images", "the model is of the AI SDK's specification v2");
  if (older && mask) context.unsupported("mask", "the model is of the AI SDK's specification v2");
  const options: Omit<ImageModelV4CallOptions, "n"> = {
    prompt,
    size,
    aspectRatio,
    seed,
    files: older ? undefined : images?.map(toImageFile),
    mask: older || mask === undefined ? undefined : toImageFile(mask),
    providerOptions: otherOptions({ user }, "generateImage", request, names, context) ?? {},
    abortSignal: context.signal,
    ...(headers && { headers: { ...headers } }),
  };
  const { maxImagesPerCall } = model;
  const said =
    typeof maxImagesPerCall === "function" ? await maxImagesPerCall({ modelId: model.modelId }) : maxImagesPerCall;
  // A model that does not say is asked for one at a time, as `ai` does.
  const most = Math.max(1, said ?? 1);
  const results: ImageModelV4Result[] = [];
  for (let left = n; left > 0; left -= most)
    results.push((await model.doGenerate({ ...options, n: Math.min(left, most) } as never)) as ImageModelV4Result);
  for (const { warnings } of results) for (const warning of warnings ?? []) context.warn(fromModelWarning(warning));
  const { timestamp, ...response } = results.at(-1)?.response ?? {};
  return {
    images: results.flatMap((result) => imagesOf(result, names.key)),
    usage: {
      ...NO_USAGE,
      inputTokens: { ...NO_USAGE.inputTokens, total: sum(results.map(({ usage }) => usage?.inputTokens)) },
      outputTokens: { ...NO_USAGE.outputTokens, total: sum(results.map(({ usage }) => usage?.outputTokens)) },
    },
    response: responseInfo({ ...response, timestamp }),
  };
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce((total, one) => {
    const known = count(one);
    return total === undefined || known === undefined ? undefined : total + known;
  }, 0);
}

function imagesOf({ images, providerMetadata }: ImageModelV4Result, key: string): GeneratedImage[] {
  const facts = providerMetadata?.[key]?.images as ({ revisedPrompt?: unknown } | null)[] | undefined;
  return images.map((image, index) => {
    const data = typeof image === "string" ? base64ToBytes(image) : image;
    const mediaType = imageType(data);
    const revisedPrompt = facts?.[index]?.revisedPrompt;
    return {
      data,
      ...(mediaType && { mediaType }),
      ...(typeof revisedPrompt === "string" && { revisedPrompt }),
    };
  });
}

function toImageFile(data: MediaData): ImageModelV4File {
  const source = mediaSource({ type: "image", data });
  if (source.kind === "url") return { type: "url", url: source.url };
  if (source.kind === "base64") return { type: "file", mediaType: source.mediaType, data: source.base64 };
  throw new LLMError({
    kind: "invalid-request",
    parameter: "images",
    message: "images: the AI SDK's image models take bytes and URLs, no file of the provider's",
  });
}
