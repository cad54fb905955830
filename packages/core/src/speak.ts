import type { Cost } from "./cost.js";
import type { CallOptions } from "./request.js";
import type { ResponseInfo } from "./result.js";
import type { Usage } from "./usage.js";
import type { Warning } from "./warning.js";

/** Text to be spoken. */
export interface SpeakRequest extends CallOptions {
  model?: string | undefined;
  text: string;
  /** The provider's name of the voice. Default one of the provider's. */
  voice?: string | undefined;
  /** How to speak: tone, accent, pace. */
  instructions?: string | undefined;
  /** `mp3`, `wav`, `opus`, `aac`, `flac`, `pcm` or another that the provider knows. Default the provider's. */
  format?: string | undefined;
  /** 1 is the voice's own pace. */
  speed?: number | undefined;
  /** ISO 639-1, such as `en`. */
  language?: string | undefined;
}

export interface SpeakResult {
  audio: Uint8Array;
  /** IANA media type, such as `audio/mpeg`. */
  mediaType: string;
  usage: Usage;
  warnings: readonly Warning[];
  provider: string;
  model: string;
  response: ResponseInfo;
  /** What the call cost, where a policy reckons it; `undefined` where that is not known. */
  cost?: Cost | undefined;
}
