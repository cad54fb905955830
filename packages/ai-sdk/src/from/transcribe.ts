import type { TranscriptionModelV4, TranscriptionModelV4Result } from "@ai-sdk/provider";
import type { TimedText, TranscribeRequest, TranscribeResult } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, LLMError } from "@llmux/core/adapter";
import { mediaSource } from "@llmux/core/media";
import { NO_USAGE } from "../shared/usage.js";
import { fromModelWarning } from "../shared/warnings.js";
import { otherOptions } from "./known-options.js";
import type { AnyTranscriptionModel } from "./models.js";
import type { Names } from "./names.js";
import { responseInfo } from "./response-info.js";

export async function transcribe(
  model: AnyTranscriptionModel,
  names: Names,
  request: AdapterCall<TranscribeRequest>,
  context: CallContext,
): Promise<AdapterAnswer<TranscribeResult>> {
  const { audio, mediaType, filename, language, prompt, temperature, timestamps, headers } = request;
  const older = model.specificationVersion !== "v4";
  const providerOptions = otherOptions(
    // Of a file's name the AI SDK has no need but for llmux's own models: it names the file by its media type.
    {
      language,
      prompt,
      temperature,
      timestamps: older ? timestamps : undefined,
      filename: names.own ? filename : undefined,
    },
    "transcribe",
    request,
    names,
    context,
  );
  const options = {
    ...(providerOptions && { providerOptions }),
    ...(headers && { headers: { ...headers } }),
    ...(timestamps && !older && { timestampGranularities: [...timestamps] }),
    abortSignal: context.signal,
  };
  const answer = await transcription(model, { audio, mediaType }, options);
  for (const warning of answer.warnings ?? []) context.warn(fromModelWarning(warning));
  return {
    text: answer.text,
    language: answer.language,
    duration: answer.durationInSeconds,
    segments: (answer.segments ?? []).map(timed),
    words: (answer.words ?? []).map(timed),
    usage: { ...NO_USAGE, ...(answer.usage && { raw: answer.usage }) },
    response: responseInfo(answer.response ?? {}),
  };
}

async function transcription(
  model: AnyTranscriptionModel,
  { audio, mediaType }: Pick<TranscribeRequest, "audio" | "mediaType">,
  options: object,
): Promise<TranscriptionModelV4Result> {
  const source = mediaSource({ type: "audio", data: audio, mediaType });
  if (source.kind === "url") {
    const fromUrl = (model as TranscriptionModelV4).doGenerateFromUrl;
    const answer = await fromUrl?.call(model as TranscriptionModelV4, { ...options, audio: new URL(source.url) });
    if (answer) return answer;
  }
  if (source.kind !== "base64") {
    throw new LLMError({
      kind: "unsupported",
      parameter: "audio",
      message: "audio: the model takes bytes and base64 only",
    });
  }
  const bytes = audio instanceof Uint8Array ? audio : source.base64;
  const answer = await model.doGenerate({ ...options, audio: bytes, mediaType: source.mediaType } as never);
  return answer as TranscriptionModelV4Result;
}

function timed({ text, startSecond, endSecond }: TranscriptionModelV4Result["segments"][number]): TimedText {
  return { text, start: startSecond, end: endSecond };
}
