import type { ImagePart } from "@llmux/core";
import { type ImageSize, imageSize } from "./image-size.js";

/** What is taken where the size is not known: the four tiles of a square picture. */
const UNKNOWN: ImageSize = { width: 1024, height: 1024 };

/** Tokens of a picture and of each tile of 512 pixels (https://developers.openai.com/api/docs/guides/images-vision). */
const TILES: readonly [model: RegExp, base: number, tile: number][] = [
  [/gpt-4o-mini/, 2833, 5667],
  [/(?:^|\/)gpt-5/, 70, 140],
  [/(?:^|\/)o[13]\b/, 75, 150],
  [/computer-use/, 65, 129],
  [/./, 85, 170],
];

/** Tokens of each patch of 32 pixels, where a model counts so. */
const PATCHES: readonly [model: RegExp, tokens: number][] = [
  [/(?:gpt-4\.1|gpt-5[\d.]*)-mini/, 1.62],
  [/(?:gpt-4\.1|gpt-5[\d.]*)-nano/, 2.46],
  [/o4-mini/, 1.72],
];

const MOST_PATCHES = 1536;

/** Tokens of a picture by OpenAI's rules, read from its header; without one, as much as a square picture of 1024 pixels. */
export function imageTokens({ data, detail }: Pick<ImagePart, "data" | "detail">, model = "gpt-4o"): number {
  const patch = PATCHES.find(([name]) => name.test(model))?.[1];
  if (patch !== undefined) return Math.ceil(patches(imageSize(data) ?? UNKNOWN) * patch);
  const [, base, tile] = TILES.find(([name]) => name.test(model)) ?? TILES[TILES.length - 1]!;
  return detail === "low" ? base : base + tile * tiles(imageSize(data) ?? UNKNOWN);
}

/** Fitted into 2048 by 2048, then the shorter side to 768 at most. The guide does not say whether small pictures grow; they are taken not to. */
function tiles({ width, height }: ImageSize): number {
  const fit = Math.min(1, 2048 / Math.max(width, height));
  const scale = Math.min(fit, 768 / Math.min(width, height));
  // A rounding error must not open another row of tiles.
  const along = (side: number) => Math.max(1, Math.ceil((side * scale) / 512 - 1e-9));
  return along(width) * along(height);
}

/** Shrunk until there are no more than so many, and then to a whole number along one side. */
function patches({ width, height }: ImageSize): number {
  const count = (scale: number) => Math.ceil((width * scale) / 32 - 1e-9) * Math.ceil((height * scale) / 32 - 1e-9);
  if (count(1) <= MOST_PATCHES) return count(1);
  const shrink = Math.sqrt((MOST_PATCHES * 32 * 32) / (width * height));
  const whole = (side: number) => Math.floor((side * shrink) / 32) / ((side * shrink) / 32);
  const scale = shrink * Math.min(whole(width) || 1, whole(height) || 1);
  return Math.min(MOST_PATCHES, count(scale));
}
