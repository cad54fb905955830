import type { ResponseInfo } from "@llmux/core";
import { type AdapterBackend, type CallContext, headersToObject, readServerSentEvents } from "@llmux/core/adapter";
import type { ReferenceConfig } from "./adapter.js";
import { errorFromAnswer, malformed, reading } from "./errors.js";
import { StreamReader } from "./from-stream.js";
import { fromAnswer, fromEmbeddings } from "./from-wire.js";
import { toChat } from "./to-wire.js";

/** Most texts that the host embeds in one request. */
const BATCH = 8;

type Call = Pick<CallContext, "signal"> & { headers?: Readonly<Record<string, string>> | undefined };

export function referenceBackend({
  apiKey,
  baseURL = "https://api.reference.invalid/v1",
}: ReferenceConfig): AdapterBackend {
  /** Sends one request. @throws LLMError what the host says of a failure */
  async function send(path: string, call: Call, body?: object): Promise<Response> {
    const headers = new Headers({ authorization: `Bearer ${apiKey}`, "content-type": "application/json" });
    for (const [name, value] of Object.entries(call.headers ?? {})) headers.set(name, value);
    const method = body ? "POST" : "GET";
    const response = await fetch(baseURL + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: call.signal,
    });
    if (!response.ok) throw await errorFromAnswer(response);
    return response;
  }

  return {
    async generate(request, context) {
      const body = toChat(request, context);
      const response = await send("/chat/completions", { signal: context.signal, headers: request.headers }, body);
      const result = fromAnswer(await response.text());
      return { ...result, response: { ...result.response, ...factsOf(response) } };
    },

    async *stream(request, context) {
      const body = { ...toChat(request, context), stream: true, stream_options: { include_usage: true } };
      const response = await send("/chat/completions", { signal: context.signal, headers: request.headers }, body);
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

    async embed(request, context) {
      const { model, values, dimensions, providerOptions } = request;
      const embeddings: Float32Array[] = [];
      let total: number | undefined = 0;
      let response: ResponseInfo = {};
      for (let at = 0; at < values.length; at += BATCH) {
        const input = values.slice(at, at + BATCH);
        const body = { model, input, dimensions, ...providerOptions?.reference };
        const answer = await send("/embeddings", { signal: context.signal, headers: request.headers }, body);
        const { vectors, tokens } = fromEmbeddings(await answer.text(), input.length);
        embeddings.push(...vectors);
        total = total === undefined || tokens === undefined ? undefined : total + tokens;
        response = factsOf(answer);
      }
      return { embeddings, usage: { inputTokens: { total } }, response };
    },

    async listModels(request, context) {
      const answer = await send("/models", { signal: context.signal, headers: request.headers });
      const text = await answer.text();
      return reading(text, () => {
        const { data } = JSON.parse(text) as { data: { id: string }[] };
        return data.map((raw) => ({ id: raw.id, raw }));
      });
    },
  };
}

function factsOf({ headers }: Response): ResponseInfo {
  return { headers: headersToObject(headers), requestId: headers.get("x-request-id") ?? undefined };
}
