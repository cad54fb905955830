import type { TranscribeRequest, TranscribeResult } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, headersToObject, LLMError } from "@llmux/core/adapter";
import { malformed, readObject } from "@llmux/core/answers";
import { base64ToBytes, mediaSource } from "@llmux/core/media";
import type { CohereConnection } from "./client.js";

/** `v2/audio/transcriptions`. Cohere needs to be told the language. */
export async function transcribe(
  connection: CohereConnection,
  request: AdapterCall<TranscribeRequest>,
  context: CallContext,
): Promise<AdapterAnswer<TranscribeResult>> {
  const { model, language, temperature, headers, providerOptions } = request;
  const fields: Record<string, unknown> = { model, language, temperature, ...providerOptions?.cohere };
  if (fields.language === undefined) {
    const message = 'Cohere does not find out the language of speech: give it, such as language: "en"';
    throw new LLMError({ kind: "invalid-request", parameter: "language", message });
  }
  if (request.prompt !== undefined) context.unsupported("prompt", "it takes the audio and its language alone");
  if (request.timestamps?.length) context.unsupported("timestamps", "it gives the text alone");
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) form.append(field, String(value));
  const { file, name } = toFile(request);
  form.append("file", file, name);
  const answer = await connection.send({
    path: "v2/audio/transcriptions",
    body: form,
    signal: context.signal,
    headers,
  });
  const reply = await readObject<{ text?: unknown }>(answer);
  if (typeof reply.text !== "string") throw malformed("The answer is no transcription", reply);
  const said = headersToObject(answer.headers);
  return {
    text: reply.text,
    language: String(fields.language),
    duration: undefined,
    segments: [],
    words: [],
    usage: {
      inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, reasoning: undefined },
    },
    response: { model, requestId: said["x-debug-trace-id"], headers: said },
  };
}

function toFile({ audio, mediaType, filename }: AdapterCall<TranscribeRequest>): { file: Blob; name: string } {
  const source = mediaSource({ type: "audio", data: audio, mediaType });
  if (source.kind !== "base64") {
    const message = "Cohere takes audio as bytes or base64, not as a URL or a stored file";
    throw new LLMError({ kind: "unsupported", parameter: "audio", message });
  }
  const file = new Blob([base64ToBytes(source.base64) as Uint8Array<ArrayBuffer>], { type: source.mediaType });
  const extension = source.mediaType.replace(/^audio\/(x-)?/, "").replace(/^mpeg$/, "mp3");
  return { file, name: filename ?? `audio.${extension}` };
}
