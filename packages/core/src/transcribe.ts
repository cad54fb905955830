import type { MediaData } from "./content.js";
import type { Cost } from "./cost.js";
import type { CallOptions } from "./request.js";
import type { ResponseInfo } from "./result.js";
import type { Usage } from "./usage.js";
import type { Warning } from "./warning.js";

/** Speech to be written down. */
export interface TranscribeRequest extends CallOptions {
  model?: string | undefined;
  audio: MediaData;
  /** IANA media type, such as `audio/wav`; told from the bytes where left out. */
  mediaType?: string | undefined;
  filename?: string | undefined;
  /** ISO 639-1, such as `en`; the model finds out where left out. */
  language?: string | undefined;
  /** Names, spellings and style that help the model. */
  prompt?: string | undefined;
  temperature?: number | undefined;
  /** Which pieces are wanted with their times. */
  timestamps?: readonly ("segment" | "word")[] | undefined;
}

export interface TimedText {
  text: string;
  /** Seconds from the beginning. */
  start: number;
  end: number;
  /** Who speaks, where the provider tells speakers apart. */
  speaker?: string | undefined;
}

export interface TranscribeResult {
  text: string;
  /** As the provider names it. */
  language: string | undefined;
  /** Of the audio, in seconds. */
  duration: number | undefined;
  /** Empty where they were not asked for or the provider has none. */
  segments: readonly TimedText[];
  words: readonly TimedText[];
  usage: Usage;
  warnings: readonly Warning[];
  provider: string;
  model: string;
  response: ResponseInfo;
  /** What the call cost, where a policy reckons it; `undefined` where that is not known. */
  cost?: Cost | undefined;
}
