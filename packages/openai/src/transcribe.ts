import type { TimedText, TranscribeResult } from "@llmux/core";
import type { AdapterAnswer } from "@llmux/core/adapter";
import { malformed, parseJSON } from "@llmux/core/answers";
import type OpenAI from "openai";
import { httpFacts, optionsOf } from "./backend.js";
import { errorFromObject } from "./errors.js";
import { type MakeCall, ownParameters } from "./other-call.js";
import { toTokenUsage, type WireTokens } from "./token-usage.js";
import { toUpload } from "./upload.js";

type Params = OpenAI.Audio.TranscriptionCreateParamsNonStreaming;

/** The body of `json`, `verbose_json` and `diarized_json`. */
interface WireTranscription {
  text?: string | null;
  language?: string | null;
  languages?: { code?: string }[] | null;
  duration?: number | string | null;
  segments?: WireTimed[] | null;
  words?: WireTimed[] | null;
  usage?: (WireTokens & { seconds?: number | null }) | null;
  error?: object | string | null;
}

interface WireTimed {
  text?: string;
  word?: string;
  start?: number;
  end?: number;
  speaker?: string | null;
}

/** The formats without JSON around them. */
const PLAIN: readonly unknown[] = ["text", "srt", "vtt"];

/**
 * Writes speech down (https://developers.openai.com/api/docs/guides/speech-to-text). What there is depends on the model, which is
 * known by its name: Whisper gives times and the language; one that tells speakers apart (`…-diarize`) gives segments with their
 * speakers; OpenAI's others (`…-transcribe`) give text alone. A model of another name is asked for times only where they are wanted.
 */
export const transcribe: MakeCall<"transcribe"> = async (send, host, request, context) => {
  const own = ownParameters<Params>(request, host, context);
  const { model, audio, mediaType, filename, language, temperature } = request;
  let { timestamps = [], prompt } = request;
  const format = own.response_format ?? formatFor(model, timestamps.length > 0);
  if (format === "diarized_json") {
    if (timestamps.includes("word")) context.unsupported("timestamps", `${model} gives segments, not words`);
    if (prompt !== undefined) context.unsupported("prompt", `${model} takes none`);
    timestamps = ["segment"];
    prompt = undefined;
  } else if (format !== "verbose_json" && timestamps.length > 0) {
    context.unsupported("timestamps", `${model} as ${format} gives text alone; whisper-1 gives times`);
    timestamps = [];
  }
  const body = {
    file: toUpload(audio, "audio", { mediaType, filename }),
    model,
    language,
    prompt,
    temperature,
    response_format: format,
    // Segments cost nothing, and some servers want one of the two said.
    ...(format === "verbose_json" && { timestamp_granularities: timestamps.length > 0 ? timestamps : ["segment"] }),
    // Without one, audio of more than half a minute is refused.
    ...(format === "diarized_json" && { chunking_strategy: "auto" }),
    ...own,
  } as Params;
  const options = optionsOf(request, context);
  const response = await send("/audio/transcriptions", model, (client) =>
    client.audio.transcriptions.create(body, options),
  );
  const text = await response.text();
  const answer = PLAIN.includes(format) ? { text } : parseJSON<WireTranscription>(text, response.url);
  const wanted = own.timestamp_granularities ?? timestamps;
  return { ...fromTranscription(answer, wanted), response: httpFacts(response) };
};

function formatFor(model: string, timed: boolean): "json" | "verbose_json" | "diarized_json" {
  if (/diarize/i.test(model)) return "diarized_json";
  if (/whisper/i.test(model)) return "verbose_json";
  return timed && !/transcribe/i.test(model) ? "verbose_json" : "json";
}

function fromTranscription(
  body: WireTranscription,
  wanted: readonly string[],
): Omit<AdapterAnswer<TranscribeResult>, "response"> {
  if (body?.error) throw errorFromObject(body.error);
  if (typeof body?.text !== "string") throw malformed("The provider's answer is not a transcription", body);
  const duration = Number(body.duration ?? body.usage?.seconds ?? Number.NaN);
  return {
    text: body.text,
    language: body.language ?? body.languages?.[0]?.code,
    duration: Number.isNaN(duration) ? undefined : duration,
    segments: wanted.includes("segment") ? toTimed(body.segments) : [],
    words: wanted.includes("word") ? toTimed(body.words) : [],
    usage: toTokenUsage(body.usage),
  };
}

function toTimed(pieces: readonly WireTimed[] | null | undefined): TimedText[] {
  return (pieces ?? []).map(({ text, word, start, end, speaker }) => {
    if (typeof start !== "number" || typeof end !== "number")
      throw malformed("The provider's answer holds a piece without times", pieces);
    return { text: text ?? word ?? "", start, end, ...(speaker && { speaker }) };
  });
}
