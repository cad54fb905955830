import type { SpeakRequest, SpeakResult } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, LLMError } from "@llmux/core/adapter";
import { base64ToBytes } from "@llmux/core/media";
import { createGoogleBackend, type Host } from "./backend.js";
import { wav } from "./wav.js";

/** Raw samples, as the API gives them: `audio/L16;codec=pcm;rate=24000`. */
const RAW = /^audio\/(?:l16|pcm)\b.*?(?:rate=(\d+))?$/i;

/**
 * Speech from a TTS model (`gemini-…-tts`): https://ai.google.dev/gemini-api/docs/speech-generation. It answers with raw samples, which are
 * put into a WAV file unless `format` is `pcm`.
 */
export async function speak(
  host: Host,
  request: AdapterCall<SpeakRequest>,
  context: CallContext,
): Promise<AdapterAnswer<SpeakResult>> {
  const { model, text, voice, instructions, format, speed, language, headers, providerOptions } = request;
  if (format !== undefined && format !== "wav" && format !== "pcm") {
    context.unsupported("format", 'Gemini speaks "wav" and "pcm"');
  }
  if (speed !== undefined && speed !== 1) context.unsupported("speed", "say it in the instructions");
  const speechConfig = {
    ...(voice !== undefined && { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } }),
    ...(language !== undefined && { languageCode: language }),
  };
  const { provider } = host;
  const given = (providerOptions?.[provider] ?? {}) as object;
  const { content, finishReason, usage, response } = await createGoogleBackend(host).generate(
    {
      model,
      messages: [
        { role: "user", content: [{ type: "text", text: instructions ? `${instructions}:\n${text}` : text }] },
      ],
      headers,
      providerOptions: {
        ...providerOptions,
        [provider]: {
          responseModalities: ["AUDIO"],
          ...(Object.keys(speechConfig).length > 0 && { speechConfig }),
          ...given,
        },
      },
    },
    context,
  );
  const pieces = content.filter((part) => part.type === "audio");
  const [first] = pieces;
  if (!first) {
    const filtered = finishReason.unified === "content-filter";
    throw new LLMError({
      kind: filtered ? "content-policy" : "malformed-response",
      message: `The model gave no speech (${finishReason.raw ?? "without a reason"})`,
      text: content.map((part) => (part.type === "text" ? part.text : "")).join(""),
    });
  }
  const bytes = joined(pieces.map(({ data }) => base64ToBytes(data as string)));
  const mediaType = first.mediaType ?? "audio/L16;rate=24000";
  const raw = RAW.exec(mediaType);
  if (!raw || format === "pcm") return { audio: bytes, mediaType, usage, response };
  return { audio: wav(bytes, Number(raw[1] ?? 24_000)), mediaType: "audio/wav", usage, response };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
