import type { TimedText, TranscribeRequest, TranscribeResult } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, headersToObject, LLMError } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import { base64ToBytes, mediaSource } from "@llmux/core/media";
import type { HuggingFaceConnection } from "./client.js";
import { NO_USAGE } from "./no-usage.js";

/** Automatic speech recognition. What a model takes beside the audio differs from provider to provider. */
export async function transcribe(
  connection: HuggingFaceConnection,
  request: AdapterCall<TranscribeRequest>,
  context: CallContext,
): Promise<AdapterAnswer<TranscribeResult>> {
  const { model, headers, providerOptions } = request;
  for (const parameter of ["language", "prompt", "temperature", "timestamps"] as const) {
    if (request[parameter] === undefined) continue;
    context.unsupported(parameter, "give providerOptions.huggingface.parameters where your provider knows some");
  }
  const source = mediaSource({ type: "audio", data: request.audio, mediaType: request.mediaType });
  if (source.kind !== "base64") {
    const message = "Hugging Face takes audio as bytes or base64, not as a URL or a stored file";
    throw new LLMError({ kind: "unsupported", parameter: "audio", message });
  }
  const bytes = base64ToBytes(source.base64) as Uint8Array<ArrayBuffer>;
  const data = new Blob([bytes], { type: source.mediaType });
  const { answer, response } = await connection.task(
    { model, signal: context.signal, headers },
    "automatic-speech-recognition",
    (client, target, options) => {
      const args = { data, ...providerOptions?.huggingface, ...target };
      return client.automaticSpeechRecognition(
        args as Parameters<typeof client.automaticSpeechRecognition>[0],
        options,
      );
    },
  );
  const { text, chunks } = (answer ?? {}) as { text?: unknown; chunks?: unknown };
  if (typeof text !== "string") throw malformed("The answer is no transcription", answer);
  const said = response && headersToObject(response.headers);
  return {
    text,
    language: undefined,
    duration: undefined,
    segments: Array.isArray(chunks) ? chunks.flatMap(toSegment) : [],
    words: [],
    usage: NO_USAGE,
    response: { model, ...(said && { requestId: said["x-request-id"], headers: said }) },
  };
}

function toSegment(chunk: { text?: unknown; timestamp?: unknown } | null): TimedText[] {
  const [start, end] = Array.isArray(chunk?.timestamp) ? (chunk.timestamp as unknown[]) : [];
  if (typeof chunk?.text !== "string" || typeof start !== "number" || typeof end !== "number") return [];
  return [{ text: chunk.text, start, end }];
}
