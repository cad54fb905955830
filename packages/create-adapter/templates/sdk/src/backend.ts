import type { ResponseInfo } from "@llmux/core";
import { type AdapterBackend, headersToObject, readServerSentEvents } from "@llmux/core/adapter";
import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import type { {{type}}Config } from "./config.js";
import { malformed, toError } from "./errors.js";
import { readAnswer, readEmbeddings, readModels } from "./from-{{file}}.js";
import type { Client } from "./sdk.js";
import { StreamReader } from "./stream-reader.js";
import { toBody } from "./to-{{file}}.js";

/** CHANGE: most texts that one request embeds. */
const BATCH = 2048;

export function createBackend(config: {{type}}Config): AdapterBackend {
  let made: Promise<Client> | undefined;
  /** The SDK is loaded, and its client made, with the first call. */
  const connect = async (): Promise<Client> => {
    if (config.client) return config.client;
    made ??= import("./create-client.js").then(({ createClient }) => createClient(config));
    return made;
  };

  // CHANGE: the SDK's calls. Where its own parsing loses nothing, its results may be taken in place of the raw response.
  return {
    async generate(request, context) {
      const body = toBody(request, context) as ChatCompletionCreateParams;
      const { chat } = await connect();
      const options = { signal: context.signal, headers: request.headers };
      const response = await chat.completions.create(body, options).asResponse();
      const result = readAnswer(await response.text());
      return { ...result, response: { ...result.response, ...factsOf(response) } };
    },

    async *stream(request, context) {
      const streaming = { stream: true, stream_options: { include_usage: true } };
      const body = { ...toBody(request, context), ...streaming } as ChatCompletionCreateParams;
      const { chat } = await connect();
      const options = { signal: context.signal, headers: request.headers };
      const response = await chat.completions.create(body, options).asResponse();
      const type = response.headers.get("content-type") ?? "";
      if (!response.body || !type.startsWith("text/event-stream")) throw malformed(await response.text());
      yield { type: "start", response: factsOf(response) };
      const reader = new StreamReader();
      for await (const events of readServerSentEvents(response.body)) {
        for (const { data } of events) reader.push(data);
        yield reader.take();
        if (reader.done) return;
      }
      // Core makes an error of a stream that ends without a finish.
    },

    async embed({ model, values, dimensions, headers, providerOptions }, { signal }) {
      const { embeddings: api } = await connect();
      const embeddings: Float32Array[] = [];
      let total: number | undefined = 0;
      let response: ResponseInfo = {};
      for (let at = 0; at < values.length; at += BATCH) {
        const input = values.slice(at, at + BATCH);
        const body = { model, input, dimensions, encoding_format: "float" as const };
        const all = { ...body, ...providerOptions?.{{access}} };
        const answer = await api.create(all, { signal, headers }).asResponse();
        const { vectors, tokens } = readEmbeddings(await answer.text(), input.length);
        embeddings.push(...vectors);
        total = total === undefined || tokens === undefined ? undefined : total + tokens;
        response = factsOf(answer);
      }
      return { embeddings, usage: { inputTokens: { total } }, response };
    },

    async listModels({ headers }, { signal }) {
      const { models } = await connect();
      const answer = await models.list({ signal, headers }).asResponse();
      return readModels(await answer.text());
    },

    toError,
  };
}

function factsOf({ headers }: Response): ResponseInfo {
  return { headers: headersToObject(headers), requestId: headers.get("x-request-id") ?? undefined };
}
