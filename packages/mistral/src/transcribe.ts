import type { TimedText, TranscribeRequest, TranscribeResult } from "@llmux/core";
import type { AdapterAnswer, AdapterCall, CallContext } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import { base64ToBytes, mediaSource } from "@llmux/core/media";
import type { MistralConnection } from "./connection.js";
import { httpFacts, toUsage } from "./facts.js";
import type { WireUsage } from "./wire.js";

interface WireTranscription {
  model?: string | null;
  text?: string | null;
  language?: string | null;
  segments?: readonly WireSegment[] | null;
  words?: readonly WireSegment[] | null;
  usage?: WireUsage | null;
}

interface WireSegment {
  text?: string | null;
  start?: number | null;
  end?: number | null;
  speaker_id?: string | null;
}

/** `/v1/audio/transcriptions` (https://docs.mistral.ai/capabilities/audio/). */
export async function transcribe(
  connection: MistralConnection,
  request: AdapterCall<TranscribeRequest>,
  context: CallContext,
): Promise<AdapterAnswer<TranscribeResult>> {
  const { model, timestamps, headers } = request;
  if (request.prompt !== undefined) {
    context.unsupported("prompt", "words to expect go into providerOptions.mistral.context_bias");
  }
  const form = new FormData();
  addAudio(form, request);
  addFields(form, {
    model,
    language: request.language,
    temperature: request.temperature,
    timestamp_granularities: timestamps,
    ...request.providerOptions?.mistral,
  });
  const exchange = { path: "v1/audio/transcriptions", operation: "audio_api_v1_transcriptions_post", body: form };
  const response = await connection.send({ ...exchange, headers, signal: context.signal });
  const answer = await readJSON<WireTranscription | null>(response);
  if (typeof answer?.text !== "string") throw malformed("Mistral's answer is not a transcription", answer);
  const pieces = toTimedTexts(answer.segments);
  // There is one list for both: asked for words alone, it holds words.
  const onlyWords = timestamps?.includes("word") && !timestamps.includes("segment") && !answer.words;
  return {
    text: answer.text,
    language: answer.language ?? undefined,
    duration: answer.usage?.prompt_audio_seconds ?? undefined,
    segments: onlyWords ? [] : pieces,
    words: onlyWords ? pieces : toTimedTexts(answer.words),
    usage: toUsage(answer.usage),
    response: { ...httpFacts(response, context), model: answer.model ?? undefined },
  };
}

function addAudio(form: FormData, { audio, mediaType, filename }: AdapterCall<TranscribeRequest>): void {
  const source = mediaSource({ type: "audio", data: audio, mediaType });
  if (source.kind === "file") form.append("file_id", source.fileId);
  else if (source.kind === "url") form.append("file_url", source.url);
  else {
    const bytes = audio instanceof Uint8Array ? audio : base64ToBytes(source.base64);
    const name = filename ?? `audio.${source.mediaType.replace(/^.*\/(x-)?/, "").replace("mpeg", "mp3")}`;
    form.append("file", new Blob([bytes as Uint8Array<ArrayBuffer>], { type: source.mediaType }), name);
  }
}

/** A list is sent as one field for each of its values. */
function addFields(form: FormData, fields: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) form.append(name, String(each));
    }
  }
}

function toTimedTexts(segments: readonly WireSegment[] | null | undefined): TimedText[] {
  return (segments ?? []).flatMap(({ text, start, end, speaker_id: speaker }) =>
    typeof start === "number" && typeof end === "number"
      ? [{ text: text ?? "", start, end, ...(speaker && { speaker }) }]
      : [],
  );
}
