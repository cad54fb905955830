import type { GenerateImageRequest } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";

/** What the API's image models can be told of a picture's shape. */
export interface ImageShape {
  aspectRatio?: string;
  /** `1K` is the default of all. */
  imageSize?: "2K" | "4K";
}

/** Aspect ratios of the Gemini image models; Imagen has the first five. https://ai.google.dev/gemini-api/docs/image-generation */
const RATIOS = ["1:1", "3:4", "4:3", "9:16", "16:9", "2:3", "3:2", "4:5", "5:4", "21:9"];

/** Google's models take a ratio and a rough size instead of pixels. */
export function imageShape(
  { size, aspectRatio }: Pick<GenerateImageRequest, "size" | "aspectRatio">,
  context: CallContext,
): ImageShape {
  if (size === undefined) return aspectRatio === undefined ? {} : { aspectRatio };
  const [width = 0, height = 0] = size.split("x").map(Number);
  const divisor = commonDivisor(width, height);
  const ratio = `${width / divisor}:${height / divisor}`;
  const longest = Math.max(width, height);
  if (!RATIOS.includes(ratio) || longest > 4096) {
    context.unsupported(
      "size",
      `this model takes an aspectRatio (${RATIOS.join(", ")}) and makes about 1024, 2048 or 4096 pixels of it`,
    );
    return aspectRatio === undefined ? {} : { aspectRatio };
  }
  const shape: ImageShape = { aspectRatio: aspectRatio ?? ratio };
  if (longest > 2048) shape.imageSize = "4K";
  else if (longest > 1024) shape.imageSize = "2K";
  const sent = `aspectRatio ${shape.aspectRatio} and a size of ${shape.imageSize ?? "1K"}`;
  context.warn({ type: "changed", parameter: "size", message: `size "${size}" was sent as ${sent}` });
  return shape;
}

function commonDivisor(a: number, b: number): number {
  return b ? commonDivisor(b, a % b) : a || 1;
}
