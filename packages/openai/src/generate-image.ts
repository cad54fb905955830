import type { GeneratedImage } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import { base64ToBytes } from "@llmux/core/media";
import type OpenAI from "openai";
import { httpFacts, optionsOf } from "./backend.js";
import { errorFromObject } from "./errors.js";
import { type MakeCall, ownParameters } from "./other-call.js";
import { toTokenUsage, type WireTokens } from "./token-usage.js";
import { sniff, toUpload } from "./upload.js";

type Params = OpenAI.ImageGenerateParamsNonStreaming;

interface WireImages {
  created?: number | null;
  data?: WireImage[] | null;
  output_format?: string | null;
  usage?: WireTokens | null;
  /** Tokens of the model that wrote an SVG: not the image model's. */
  svg_usage?: object | null;
  error?: object | string | null;
}

interface WireImage {
  b64_json?: string | null;
  url?: string | null;
  revised_prompt?: string | null;
}

/**
 * Makes images, or with `images` makes them out of others (https://developers.openai.com/api/docs/guides/image-generation). GPT Image
 * models send the bytes; DALL·E is asked for them; another server's models send what they do unasked, bytes or a URL.
 */
export const generateImage: MakeCall<"generateImage"> = async (send, host, request, context) => {
  const own = ownParameters<Params>(request, host, context);
  const { model, prompt, n, size, images = [], mask } = request;
  if (request.aspectRatio !== undefined) context.unsupported("aspectRatio", "give a size, such as 1536x1024");
  if (request.seed !== undefined) context.unsupported("seed", "there is no such parameter");
  const body = {
    model,
    prompt,
    n,
    size,
    [host.user ?? "safety_identifier"]: request.user,
    // Unknown to the GPT Image models, which refuse it.
    ...(/dall-?e/i.test(model) && { response_format: "b64_json" }),
    ...own,
  } as Params;
  const options = optionsOf(request, context);
  let response: Response;
  if (images.length > 0) {
    const files = images.map((image, at) => toUpload(image, `images[${at}]`));
    const edit = {
      ...body,
      image: files.length === 1 ? files[0] : files,
      ...(mask !== undefined && { mask: toUpload(mask, "mask") }),
    } as OpenAI.ImageEditParamsNonStreaming;
    response = await send("/images/edits", model, (client) => client.images.edit(edit, options));
  } else {
    if (mask !== undefined)
      throw new LLMError({ kind: "invalid-request", parameter: "mask", message: "mask needs images to lie on" });
    response = await send("/images/generations", model, (client) => client.images.generate(body, options));
  }
  const answer = await readJSON<WireImages>(response);
  const createdAt = answer?.created ? new Date(answer.created * 1000) : undefined;
  const made = fromImages(answer, body.output_format ?? undefined);
  const usage = toTokenUsage(answer.usage);
  if (answer.svg_usage) usage.raw = { ...answer.usage, svg_usage: answer.svg_usage };
  return { images: made, usage, response: { createdAt, ...httpFacts(response) } };
};

function fromImages(body: WireImages, asked: string | undefined): GeneratedImage[] {
  if (body?.error) throw errorFromObject(body.error);
  const data = body?.data;
  if (!Array.isArray(data) || data.length === 0) throw malformed("The provider's answer holds no image", body);
  const format = body.output_format ?? asked;
  return data.map((item) => {
    const { b64_json, url, revised_prompt } = item ?? {};
    if (!b64_json && !url) throw malformed("The provider's answer holds an image without bytes and URL", item);
    const bytes = b64_json ? decode(b64_json) : undefined;
    const said = format && `image/${format === "svg" ? "svg+xml" : format}`;
    return {
      ...(bytes ? { data: bytes } : { url: url as string }),
      mediaType: (bytes && sniff(bytes)) ?? (said || undefined),
      revisedPrompt: revised_prompt ?? undefined,
    };
  });
}

function decode(base64: string): Uint8Array {
  try {
    return base64ToBytes(base64);
  } catch {
    throw malformed("The provider's answer holds an image that is not base64", base64);
  }
}
