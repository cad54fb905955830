import type { SpeakRequest, SpeakResult } from "@llmux/core";
import type { AdapterAnswer, AdapterCall, CallContext } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import { base64ToBytes } from "@llmux/core/media";
import type { MistralConnection } from "./connection.js";
import { httpFacts, toUsage } from "./facts.js";
import type { WireUsage } from "./wire.js";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  wav: "audio/wav",
  flac: "audio/flac",
  opus: "audio/opus",
  pcm: "audio/pcm",
};

/** `/v1/audio/speech`. Where no format is asked for it is MP3, said outright, so that the answer's format is known. */
export async function speak(
  connection: MistralConnection,
  request: AdapterCall<SpeakRequest>,
  context: CallContext,
): Promise<AdapterAnswer<SpeakResult>> {
  const { model, text, voice, format = "mp3", headers, providerOptions } = request;
  for (const name of ["instructions", "speed", "language"] as const) {
    if (request[name] !== undefined) context.unsupported(name, "the voice decides, and tags in the text");
  }
  const own = providerOptions?.mistral;
  const body = { model, input: text, voice_id: voice, response_format: format, ...own, stream: false };
  const exchange = { path: "v1/audio/speech", operation: "speech_v1_audio_speech_post", body };
  const response = await connection.send({ ...exchange, headers, signal: context.signal });
  const type = response.headers.get("content-type") ?? "";
  const facts = { response: httpFacts(response, context) };
  if (type.startsWith("audio/")) {
    return {
      audio: new Uint8Array(await response.arrayBuffer()),
      mediaType: type,
      usage: toUsage(undefined),
      ...facts,
    };
  }
  const answer = await readJSON<{ audio_data?: string | null; usage?: WireUsage | null } | null>(response);
  if (typeof answer?.audio_data !== "string") throw malformed("Mistral's answer holds no audio", answer);
  const sent = String(body.response_format);
  return {
    audio: base64ToBytes(answer.audio_data),
    mediaType: MEDIA_TYPES[sent] ?? `audio/${sent}`,
    usage: toUsage(answer.usage),
    ...facts,
  };
}
