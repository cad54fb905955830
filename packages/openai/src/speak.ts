import { malformed, parseJSON } from "@llmux/core/answers";
import type OpenAI from "openai";
import { httpFacts, optionsOf } from "./backend.js";
import { errorFromObject } from "./errors.js";
import { type MakeCall, ownParameters } from "./other-call.js";
import { toTokenUsage } from "./token-usage.js";

type Params = OpenAI.Audio.SpeechCreateParams;

/** OpenAI takes no request without one. Every voice is on https://developers.openai.com/api/docs/guides/text-to-speech. */
const VOICE = "alloy";

/** Media types by the names of `response_format`, for the servers that don't label what they send. */
const MEDIA_TYPES: Readonly<Record<string, string>> = { mp3: "audio/mpeg", opus: "audio/ogg" };

/** Speaks a text. OpenAI reports no usage. */
export const speak: MakeCall<"speak"> = async (send, host, request, context) => {
  const own = ownParameters<Params>(request, host, context);
  const { model, text, voice = VOICE, format, speed } = request;
  let { instructions } = request;
  if (request.language !== undefined) context.unsupported("language", "it speaks the language of the text");
  if (instructions !== undefined && /^tts-1/.test(model)) {
    context.unsupported("instructions", `${model} takes none`);
    instructions = undefined;
  }
  const body = { model, input: text, voice, instructions, response_format: format, speed, ...own } as Params;
  const options = optionsOf(request, context);
  const response = await send("/audio/speech", model, (client) => client.audio.speech.create(body, options));
  const label =
    response.headers
      .get("content-type")
      ?.replace(/\s*;.*$/, "")
      .toLowerCase() ?? "";
  if (/^text\/|json$/.test(label)) throw notAudio(await response.text(), response.url);
  const audio = new Uint8Array(await response.arrayBuffer());
  if (audio.length === 0) throw malformed("The provider's answer holds no audio", "");
  const asked = body.response_format ?? "mp3";
  const mediaType = /^(audio|video)\//.test(label) ? label : (MEDIA_TYPES[asked] ?? `audio/${asked}`);
  return { audio, mediaType, usage: toTokenUsage(undefined), response: httpFacts(response) };
};

function notAudio(text: string, url: string): Error {
  const { error } = parseJSON<{ error?: object | string } | null>(text, url) ?? {};
  return error ? errorFromObject(error) : malformed("The provider answered with something that is no audio", text);
}
