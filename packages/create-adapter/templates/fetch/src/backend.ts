import type { ResponseInfo } from "@llmux/core";
import { type AdapterBackend, type CallContext, headersToObject } from "@llmux/core/adapter";
import type { {{type}}Config } from "./config.js";
import { errorFromAnswer, malformed } from "./errors.js";
import { isStream, readFrames } from "./frames.js";
import { readAnswer, readEmbeddings, readModels } from "./from-{{file}}.js";
import { StreamReader } from "./stream-reader.js";
import { toBody } from "./to-{{file}}.js";

/** CHANGE: where the API is. */
const BASE_URL = "https://api.{{file}}.example/v1";

/** CHANGE: most texts that one request embeds. */
const BATCH = 96;

type Headers = Readonly<Record<string, string>> | undefined;

export function createBackend(config: {{type}}Config): AdapterBackend {
  const { apiKey, baseURL = BASE_URL, fetch = globalThis.fetch } = config;

  /** Sends one request. @throws LLMError what the provider says of a failure */
  async function send(path: string, { signal }: CallContext, more: Headers, body?: object): Promise<Response> {
    const headers = new globalThis.Headers({ authorization: `Bearer ${apiKey}` });
    if (body) headers.set("content-type", "application/json");
    for (const [name, value] of Object.entries(more ?? {})) headers.set(name, value);
    const init = { method: body ? "POST" : "GET", headers, signal, body: body && JSON.stringify(body) };
    const response = await fetch(baseURL + path, init as RequestInit);
    if (!response.ok) throw await errorFromAnswer(response);
    return response;
  }

  return {
    async generate(request, context) {
      const body = toBody(request, context, false);
      const response = await send("/chat", context, request.headers, body);
      const result = readAnswer(await response.text());
      return { ...result, response: { ...result.response, ...factsOf(response) } };
    },

    async *stream(request, context) {
      const body = toBody(request, context, true);
      const response = await send("/chat", context, request.headers, body);
      if (!response.body || !isStream(response)) throw malformed(await response.text());
      yield { type: "start", response: factsOf(response) };
      const reader = new StreamReader();
      for await (const frames of readFrames(response.body)) {
        for (const frame of frames) reader.push(frame);
        yield reader.take();
        if (reader.done) return;
      }
      // Core makes an error of a stream that ends without a finish.
    },

    async embed(request, context) {
      const { model, values, dimensions, headers, providerOptions } = request;
      const embeddings: Float32Array[] = [];
      let total: number | undefined = 0;
      let response: ResponseInfo = {};
      for (let at = 0; at < values.length; at += BATCH) {
        const input = values.slice(at, at + BATCH);
        const body = { model, input, dimensions, ...providerOptions?.{{access}} };
        const answer = await send("/embeddings", context, headers, body);
        const { vectors, tokens } = readEmbeddings(await answer.text(), input.length);
        embeddings.push(...vectors);
        total = total === undefined || tokens === undefined ? undefined : total + tokens;
        response = factsOf(answer);
      }
      return { embeddings, usage: { inputTokens: { total } }, response };
    },

    async listModels(request, context) {
      const answer = await send("/models", context, request.headers);
      return readModels(await answer.text());
    },
  };
}

function factsOf({ headers }: Response): ResponseInfo {
  return { headers: headersToObject(headers), requestId: headers.get("x-request-id") ?? undefined };
}
