import type { AdapterRequest, AdapterResult, CallContext } from "@llmux/core/adapter";
import { readAs } from "@llmux/core/answers";
import { httpFacts, optionsOf, type Send } from "./backend.js";
import type { WireCompletion } from "./chat-facts.js";
import { fromChat } from "./from-chat.js";
import type { WireHost } from "./host.js";
import { lateApi } from "./late-api.js";
import type { OpenAIApi } from "./options.js";
import { toChat } from "./to-chat.js";

/** Asks for a whole answer. Loaded with the first: a program that streams needs none of it. */
export async function generate(
  send: Send,
  host: WireHost,
  api: OpenAIApi,
  request: AdapterRequest,
  context: CallContext,
): Promise<AdapterResult> {
  let result: AdapterResult;
  let response: Response;
  if (api === "chat") {
    const body = await toChat(request, context, host);
    const options = optionsOf(request, context);
    response = await send("/chat/completions", body.model, (client) => client.chat.completions.create(body, options));
    result = await readAs(response, (answer: WireCompletion) => fromChat(answer, host, body.audio?.format));
  } else ({ result, response } = await (await lateApi(api)).generate(send, host, request, context));
  Object.assign(result.response, httpFacts(response));
  return result;
}
