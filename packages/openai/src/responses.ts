import { readAs } from "@llmux/core/answers";
import { optionsOf } from "./backend.js";
import { fromResponses } from "./from-responses.js";
import type { LateApi } from "./late-api.js";
import { ResponsesDecoder } from "./responses-stream.js";
import { toResponses } from "./to-responses.js";

/** The Responses API, in one piece, so that a program that only chats can leave it unloaded. */
export const responses: LateApi = {
  async generate(send, host, request, context) {
    const body = { ...toResponses(request, context, host), stream: false as const };
    const options = optionsOf(request, context);
    const response = await send("/responses", body.model, (client) => client.responses.create(body, options));
    return { result: await readAs(response, (answer: never) => fromResponses(answer, host)), response };
  },
  async stream(send, host, request, context) {
    const body = { ...toResponses(request, context, host), stream: true as const };
    const options = optionsOf(request, context);
    const response = await send("/responses", body.model, (client) => client.responses.create(body, options));
    return { decoder: new ResponsesDecoder(host), response };
  },
};
