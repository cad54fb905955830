import type { SpeechModelV4CallOptions, SpeechModelV4Result } from "@ai-sdk/provider";
import type { SpeakRequest, SpeakResult } from "@llmux/core";
import type { AdapterAnswer, AdapterCall, CallContext } from "@llmux/core/adapter";
import { base64ToBytes } from "@llmux/core/media";
import { defined } from "../shared/defined.js";
import { audioType } from "../shared/media-types.js";
import { NO_USAGE } from "../shared/usage.js";
import { fromModelWarning } from "../shared/warnings.js";
import type { AnySpeechModel } from "./models.js";
import { type Names, toModelOptions } from "./names.js";
import { responseInfo } from "./response-info.js";

export async function speak(
  model: AnySpeechModel,
  names: Names,
  request: AdapterCall<SpeakRequest>,
  context: CallContext,
): Promise<AdapterAnswer<SpeakResult>> {
  const { text, voice, instructions, format, speed, language, headers, providerOptions } = request;
  const options: SpeechModelV4CallOptions = defined({
    text,
    voice,
    instructions,
    outputFormat: format,
    speed,
    language,
    providerOptions: toModelOptions(names, providerOptions),
    headers: headers && { ...headers },
    abortSignal: context.signal,
  });
  const { audio, warnings, usage, response } = (await model.doGenerate(options as never)) as SpeechModelV4Result;
  for (const warning of warnings ?? []) context.warn(fromModelWarning(warning));
  const bytes = typeof audio === "string" ? base64ToBytes(audio) : audio;
  return {
    audio: bytes,
    mediaType: audioType(bytes, format),
    usage: { ...NO_USAGE, ...(usage && { raw: usage }) },
    response: responseInfo(response ?? {}),
  };
}
