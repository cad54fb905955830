import { type AdapterEvent, type AdapterResult, type CallContext, isLLMError, StreamFault } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import { ChatDecoder } from "./chat-decoder.js";
import type { Echo } from "./echo.js";
import { errorFromObject } from "./errors.js";
import { httpFacts } from "./facts.js";
import { fromEvents } from "./from-events.js";
import type { WireCompletion } from "./wire.js";

/** A completion that came as one JSON object. */
export async function fromWhole(
  response: Response,
  context: CallContext,
  echo: Echo | undefined,
): Promise<AdapterResult> {
  const { content, finish } = fromEvents(await eventsOf(response, echo));
  const { finishReason, usage, providerMetadata } = finish;
  return {
    content,
    finishReason,
    usage,
    response: { ...httpFacts(response, context), ...finish.response },
    ...(providerMetadata && { providerMetadata }),
  };
}

/** One that came where a stream was asked for. */
export async function* streamWhole(
  response: Response,
  context: CallContext,
  echo: Echo | undefined,
): AsyncGenerator<readonly AdapterEvent[], void, void> {
  const events = await eventsOf(response, echo);
  yield [{ type: "start", response: httpFacts(response, context) }, ...events];
}

async function eventsOf(response: Response, echo: Echo | undefined): Promise<AdapterEvent[]> {
  const completion = await readJSON<WireCompletion>(response);
  const decoder = new ChatDecoder(echo);
  try {
    await decoder.read(completion);
    decoder.finish();
  } catch (error) {
    if (error instanceof StreamFault) throw errorFromObject(error.got);
    throw isLLMError(error) ? error : malformed("Mistral's answer has another shape than it should", completion);
  }
  return decoder.take();
}
