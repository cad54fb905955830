import { malformed, parseJSON } from "@llmux/core/answers";
import type { WireCompletion } from "./chat-facts.js";
import { fromChat } from "./from-chat.js";

/**
 * The stream of an answer whose label says that it is none: some servers label streams as JSON.
 * @throws LLMError what an error in place of the stream says; `malformed-response` for anything else
 */
export async function unlabelledStream(response: Response): Promise<ReadableStream<Uint8Array> | null> {
  const text = await response.text();
  if (/^\s*(data|event|id|retry|):/.test(text)) return new Response(text).body;
  const body = parseJSON<WireCompletion>(text, response.url);
  // Throws where the body is an error.
  fromChat(body, { provider: "" });
  throw malformed("The provider answered with a whole response where a stream was asked for", body);
}
