import type { SpeakRequest, SpeakResult } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, headersToObject } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import type { HuggingFaceConnection } from "./client.js";
import { NO_USAGE } from "./no-usage.js";

/** Text to speech. */
export async function speak(
  connection: HuggingFaceConnection,
  request: AdapterCall<SpeakRequest>,
  context: CallContext,
): Promise<AdapterAnswer<SpeakResult>> {
  const { model, text, voice, headers, providerOptions } = request;
  for (const parameter of ["instructions", "format", "speed", "language"] as const) {
    if (request[parameter] === undefined) continue;
    context.unsupported(parameter, "give providerOptions.huggingface.parameters where your provider knows some");
  }
  const { parameters, ...fields } = providerOptions?.huggingface ?? {};
  const given = { ...(voice !== undefined && { voice }), ...parameters };
  const { answer, response } = await connection.task(
    { model, signal: context.signal, headers },
    "text-to-speech",
    (client, target, options) =>
      client.textToSpeech(
        { inputs: text, ...(Object.keys(given).length > 0 && { parameters: given }), ...fields, ...target },
        options,
      ),
  );
  if (!(answer instanceof Blob)) throw malformed("The answer is no speech", answer);
  const said = response && headersToObject(response.headers);
  return {
    audio: new Uint8Array(await answer.arrayBuffer()),
    mediaType: answer.type || "application/octet-stream",
    usage: NO_USAGE,
    response: { model, ...(said && { requestId: said["x-request-id"], headers: said }) },
  };
}
