import type { GenerateImageRequest, GenerateImageResult } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, LLMError } from "@llmux/core/adapter";
import { base64ToBytes, mediaSource } from "@llmux/core/media";
import type { BedrockConnection } from "./connection.js";
import { bodyOptions, invokeModel, malformed, mapFew } from "./invoke-model.js";
import { nameModel } from "./to-converse.js";
import type { Block } from "./to-messages.js";

type Request = AdapterCall<GenerateImageRequest>;

/**
 * Images by InvokeModel: Nova Canvas and Titan make several at once, Stability's models one a request. `providerOptions.bedrock` goes
 * into the model's own body; `imageGenerationConfig` is merged.
 */
export async function generateImage(
  connection: BedrockConnection,
  request: Request,
  context: CallContext,
): Promise<AdapterAnswer<GenerateImageResult>> {
  const { providerOptions, headers, n = 1 } = request;
  const options = providerOptions?.bedrock;
  const model = nameModel(request);
  const stability = /stability\./.test(model.base);
  if (!stability && !/nova-canvas|titan-image/.test(model.base)) {
    const message = `Of the models that draw, those of Nova, Titan and Stability are known; ${model.base} is none of them`;
    throw new LLMError({ kind: "unsupported", parameter: "model", message });
  }
  if (request.mask !== undefined) context.unsupported("mask", "Bedrock's masks are black and white, not transparent");
  if (request.user !== undefined) context.unsupported("user");
  const body = stability ? toStability(request, context) : toCanvas(request, context);
  const { imageGenerationConfig, ...rest } = bodyOptions(options);
  Object.assign(body, rest);
  if (imageGenerationConfig)
    body.imageGenerationConfig = { ...(body.imageGenerationConfig as object | undefined), ...imageGenerationConfig };
  const replies = await mapFew(Array.from({ length: stability ? n : 1 }), async () => {
    const { answer, reply } = await invokeModel(connection, { model, body, options, headers, context });
    return { answer, images: imagesOf(reply, context) };
  });
  const format = typeof body.output_format === "string" ? body.output_format : "png";
  return {
    images: replies.flatMap(({ images }) =>
      images.map((image) => ({ data: base64ToBytes(image), mediaType: `image/${format === "jpg" ? "jpeg" : format}` })),
    ),
    usage: {
      inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, reasoning: undefined },
    },
    response: replies.at(-1)?.answer.response ?? {},
  };
}

/** https://docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html */
function toCanvas({ prompt, n, size, aspectRatio, seed, images }: Request, context: CallContext): Block {
  if (aspectRatio !== undefined) context.unsupported("aspectRatio", "this model takes a size");
  const [width, height] = (size ?? "").split("x").map(Number);
  const config = {
    ...(n !== undefined && { numberOfImages: n }),
    ...(size !== undefined && { width, height }),
    ...(seed !== undefined && { seed }),
  };
  const task = images?.length
    ? { taskType: "IMAGE_VARIATION", imageVariationParams: { text: prompt, images: images.map(toBase64) } }
    : { taskType: "TEXT_IMAGE", textToImageParams: { text: prompt } };
  return { ...task, imageGenerationConfig: config };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-stability-diffusion.html */
function toStability({ prompt, size, aspectRatio, seed, images }: Request, context: CallContext): Block {
  if (size !== undefined) context.unsupported("size", "this model takes an aspectRatio");
  const body: Block = { prompt, output_format: "png" };
  if (seed !== undefined) body.seed = seed;
  if (images?.length) {
    if (images.length > 1) context.unsupported("images", "this model starts from one image");
    if (aspectRatio !== undefined)
      context.unsupported("aspectRatio", "an image that starts from another keeps its shape");
    // How far the new one may stray, which the API insists on; halfway is what it suggests.
    return { ...body, mode: "image-to-image", image: toBase64(images[0] as never), strength: 0.5 };
  }
  return aspectRatio === undefined ? body : { ...body, aspect_ratio: aspectRatio };
}

function toBase64(data: NonNullable<Request["images"]>[number]): string {
  const source = mediaSource({ type: "image", data });
  if (source.kind === "base64") return source.base64;
  throw new LLMError({
    kind: "unsupported",
    parameter: "images",
    message: "Bedrock takes the bytes of an image, not where it is",
  });
}

function imagesOf(reply: Block, context: CallContext): string[] {
  const {
    images,
    error,
    finish_reasons: reasons,
  } = reply as {
    images?: string[];
    error?: string | null;
    finish_reasons?: (string | null)[];
  };
  const why = error ?? reasons?.find((reason) => reason);
  const made = (Array.isArray(images) ? images : []).filter((image, at) => typeof image === "string" && !reasons?.[at]);
  if (made.length === 0 && why) throw new LLMError({ kind: "content-policy", message: why });
  if (made.length === 0) throw malformed("image", reply);
  if (why) context.warn({ type: "other", message: why });
  return made;
}
