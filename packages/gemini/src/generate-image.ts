import type { GeneratedImage, GenerateImageRequest, GenerateImageResult, ImagePart, MediaData } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, LLMError } from "@llmux/core/adapter";
import { base64ToBytes } from "@llmux/core/media";
import { createGoogleBackend, type Host, infoOf } from "./backend.js";
import { optionsFor } from "./host.js";
import { imageShape } from "./image-size.js";
import { modelPath } from "./model-path.js";
import { addUsage, toUsage } from "./usage.js";

type Request = AdapterCall<GenerateImageRequest>;
type Answer = AdapterAnswer<GenerateImageResult>;

/** Pictures: from Imagen by `predict`, from Gemini's image models by `generateContent`, once for each. */
export function generateImage(host: Host, request: Request, context: CallContext): Promise<Answer> {
  if (request.mask !== undefined) context.unsupported("mask", "say in the prompt what is to change");
  return /imagen/.test(request.model) ? byPredict(host, request, context) : byGenerate(host, request, context);
}

interface Predictions {
  predictions?: readonly {
    bytesBase64Encoded?: string;
    gcsUri?: string;
    mimeType?: string;
    prompt?: string;
    raiFilteredReason?: string;
  }[];
}

/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api; the Gemini API has the same for its Imagen models. */
async function byPredict({ connection, provider }: Host, request: Request, context: CallContext): Promise<Answer> {
  const { prompt, n, seed, images, headers } = request;
  const vertex = await connection.isVertex();
  if (images?.length) context.unsupported("images", "Imagen makes pictures from text; Gemini's image models edit them");
  if (seed !== undefined && !vertex) context.unsupported("seed", "Imagen takes it on Vertex AI only");
  const { aspectRatio, imageSize } = imageShape(request, context);
  const parameters = {
    sampleCount: n ?? 1,
    aspectRatio,
    sampleImageSize: imageSize,
    // A picture with a watermark, the default, can't be had again by its seed.
    ...(seed !== undefined && vertex && { seed, addWatermark: false }),
    includeRaiReason: true,
    ...optionsFor(provider, request.providerOptions),
  };
  const { body, response } = await connection.json<Predictions | null>(
    { path: `${modelPath(request.model, vertex)}:predict`, body: { instances: [{ prompt }], parameters } },
    { signal: context.signal, headers },
  );
  const predictions = Array.isArray(body?.predictions) ? body.predictions : [];
  const made = predictions.flatMap(({ bytesBase64Encoded, gcsUri, mimeType, prompt: revised }): GeneratedImage[] => {
    if (!bytesBase64Encoded && !gcsUri) return [];
    const image: GeneratedImage = bytesBase64Encoded ? { data: base64ToBytes(bytesBase64Encoded) } : { url: gcsUri };
    if (mimeType) image.mediaType = mimeType;
    if (revised) image.revisedPrompt = revised;
    return [image];
  });
  if (made.length === 0) {
    const reason = predictions.find(({ raiFilteredReason }) => raiFilteredReason)?.raiFilteredReason;
    // Imagen answers with nothing at all where its filters took all that it had made.
    throw new LLMError({
      kind: "content-policy",
      message: reason ?? "Imagen's safety filters left no picture",
      status: 200,
    });
  }
  return { images: made, usage: toUsage(undefined), response: infoOf(response) };
}

async function byGenerate(host: Host, request: Request, context: CallContext): Promise<Answer> {
  const { model, prompt, n = 1, seed, images = [], headers, providerOptions } = request;
  const { provider } = host;
  const imageConfig = imageShape(request, context);
  const content = [
    ...images.map((data: MediaData): ImagePart => ({ type: "image", data })),
    { type: "text" as const, text: prompt },
  ];
  const backend = createGoogleBackend(host);
  const one = () =>
    backend.generate(
      {
        model,
        messages: [{ role: "user", content }],
        seed,
        headers,
        providerOptions: {
          ...providerOptions,
          [provider]: {
            responseModalities: ["TEXT", "IMAGE"],
            ...(Object.keys(imageConfig).length > 0 && { imageConfig }),
            ...(providerOptions?.[provider] as object | undefined),
          },
        },
      },
      context,
    );
  const results = await Promise.all(Array.from({ length: n }, one));
  const made = results.flatMap((result): GeneratedImage[] =>
    result.content.flatMap((part) =>
      part.type === "image" && typeof part.data === "string"
        ? [{ ...imageOf(part.data), ...(part.mediaType && { mediaType: part.mediaType }) }]
        : [],
    ),
  );
  const { response } = results.at(-1) as (typeof results)[number];
  if (made.length > 0) return { images: made, usage: addUsage(results.map(({ usage }) => usage)), response };
  const [{ finishReason, content: said }] = results as [(typeof results)[number]];
  const text = said.map((part) => (part.type === "text" ? part.text : "")).join("");
  throw new LLMError({
    kind: finishReason.unified === "content-filter" ? "content-policy" : "malformed-response",
    message: `The model made no picture (${finishReason.raw ?? "without a reason"})${text && `: ${text.slice(0, 300)}`}`,
    text,
  });
}

function imageOf(data: string): GeneratedImage {
  return /^https?:/i.test(data) ? { url: data } : { data: base64ToBytes(data) };
}
