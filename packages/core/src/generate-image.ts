import type { MediaData } from "./content.js";
import type { Cost } from "./cost.js";
import type { CallOptions } from "./request.js";
import type { ResponseInfo } from "./result.js";
import type { Usage } from "./usage.js";
import type { Warning } from "./warning.js";

/** An image to be made, or with `images` to be made out of others. */
export interface GenerateImageRequest extends CallOptions {
  model?: string | undefined;
  prompt: string;
  /** How many. Default 1. */
  n?: number | undefined;
  /** Pixels, `1024x1024`. */
  size?: `${number}x${number}` | undefined;
  /** `16:9`. */
  aspectRatio?: `${number}:${number}` | undefined;
  seed?: number | undefined;
  /** Images to edit or to take from. */
  images?: readonly MediaData[] | undefined;
  /** Where the first image may be changed: its transparent part. */
  mask?: MediaData | undefined;
  user?: string | undefined;
}

/** Either `data` or `url` is there. */
export interface GeneratedImage {
  data?: Uint8Array | undefined;
  /** Where the provider keeps it, for a while. */
  url?: string | undefined;
  /** IANA media type, such as `image/png`. */
  mediaType?: string | undefined;
  /** The prompt as the provider rewrote it. */
  revisedPrompt?: string | undefined;
}

export interface GenerateImageResult {
  images: readonly GeneratedImage[];
  usage: Usage;
  warnings: readonly Warning[];
  provider: string;
  model: string;
  response: ResponseInfo;
  /** What the call cost, where a policy reckons it; `undefined` where that is not known. */
  cost?: Cost | undefined;
}
