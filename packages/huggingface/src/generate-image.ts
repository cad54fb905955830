import type { GeneratedImage, GenerateImageRequest, GenerateImageResult, MediaData } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, headersToObject, LLMError } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import { base64ToBytes, mediaSource } from "@llmux/core/media";
import type { HuggingFaceConnection } from "./client.js";
import { NO_USAGE } from "./no-usage.js";

/** Text to image, or with an image, image to image. One at a time. */
export async function generateImage(
  connection: HuggingFaceConnection,
  request: AdapterCall<GenerateImageRequest>,
  context: CallContext,
): Promise<AdapterAnswer<GenerateImageResult>> {
  const { model, prompt, n, size, seed, images, headers, providerOptions } = request;
  if (n !== undefined && n !== 1) context.unsupported("n", "it makes one image at a time");
  if (images && images.length > 1) context.unsupported("images", "it takes one");
  for (const parameter of ["aspectRatio", "mask", "user"] as const) {
    if (request[parameter] === undefined) continue;
    context.unsupported(parameter, parameter === "aspectRatio" ? "give a size" : undefined);
  }
  const { parameters, ...fields } = providerOptions?.huggingface ?? {};
  const [width, height] = size?.split("x").map(Number) ?? [];
  const image = images?.[0];
  const given: Record<string, unknown> = { ...(seed !== undefined && { seed }), ...parameters };
  const exchange = { model, signal: context.signal, headers };
  const { answer, response } = image
    ? await connection.task<unknown>(exchange, "image-to-image", (client, target, options) => {
        const wanted = { prompt, ...(size && { target_size: { width, height } }), ...given };
        const args = { inputs: toBlob(image), parameters: wanted, ...fields, ...target };
        return client.imageToImage(args as Parameters<typeof client.imageToImage>[0], options);
      })
    : await connection.task<unknown>(exchange, "text-to-image", (client, target, options) => {
        const wanted = { ...(size && { width, height }), ...given };
        const args = { inputs: prompt, ...(Object.keys(wanted).length > 0 && { parameters: wanted }) };
        return client.textToImage({ ...args, ...fields, ...target }, options);
      });
  const said = response && headersToObject(response.headers);
  return {
    images: [await toImage(answer)],
    usage: NO_USAGE,
    response: { model, ...(said && { requestId: said["x-request-id"], headers: said }) },
  };
}

function toBlob(data: MediaData): Blob {
  const source = mediaSource({ type: "image", data });
  if (source.kind === "base64") {
    return new Blob([base64ToBytes(source.base64) as Uint8Array<ArrayBuffer>], { type: source.mediaType });
  }
  const message = "Hugging Face takes images to edit as bytes or base64, not as URLs or stored files";
  throw new LLMError({ kind: "unsupported", parameter: "images", message });
}

/** The SDK gives an image, or, of some providers, its URL. */
async function toImage(answer: unknown): Promise<GeneratedImage> {
  if (typeof answer === "string") return { url: answer };
  if (!(answer instanceof Blob)) throw malformed("The answer is no image", answer);
  return { data: new Uint8Array(await answer.arrayBuffer()), mediaType: answer.type || undefined };
}
