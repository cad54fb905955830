import type { ResponseInfo } from "@llmux/core";
import { type AdapterBackend, type AdapterRequest, type CallContext, headersToObject } from "@llmux/core/adapter";
import type { Connection } from "./connection.js";
import type { GoogleProvider } from "./host.js";
import { modelPath } from "./model-path.js";
import { ResponseReader } from "./response-reader.js";
import { readResponseStream } from "./response-stream.js";
import { toRequest } from "./to-request.js";

let whole: typeof import("./from-response.js") | undefined;

/** Everything that the later calls of a backend need. */
export interface Host {
  connection: Connection;
  provider: GoogleProvider;
}

/** The backend for Gemini's own API and its twin on Vertex AI. */
export function createGoogleBackend(host: Host): AdapterBackend {
  const { connection } = host;
  return {
    async generate(request, context) {
      const http = await post(host, request, context, "generateContent");
      const text = await http.text();
      whole ??= await import("./from-response.js");
      const answer = await whole.parseAnswer(text, http);
      return whole.fromResponse(answer, readerFor(host, request, http));
    },

    // Handed over as it is: a generator around it would cost as much for each piece as reading it.
    stream: (request, context) =>
      readResponseStream(async () => {
        const http = await post(host, request, context, "streamGenerateContent");
        const type = http.headers.get("content-type") ?? "";
        if (/^text\/html/i.test(type)) throw (await import("./errors.js")).notJSON(await http.text(), http);
        return {
          body: http.body ?? [],
          whole: /^application\/json/i.test(type),
          reader: readerFor(host, request, http),
        };
      }),

    embed: async (request, context) => (await import("./embed.js")).embed(host, request, context),
    listModels: async (request, context) => (await import("./list-models.js")).listModels(host, request, context),
    countTokens: async (request, context) => (await import("./count-tokens.js")).countTokens(host, request, context),
    generateImage: async (request, context) =>
      (await import("./generate-image.js")).generateImage(host, request, context),
    speak: async (request, context) => (await import("./speak.js")).speak(host, request, context),
    toError: async (error) => (await import("./errors.js")).toError(error, connection.baseURL),
  };
}

async function post(
  { connection, provider }: Host,
  request: AdapterRequest,
  context: CallContext,
  method: "generateContent" | "streamGenerateContent",
): Promise<Response> {
  const body = toRequest(request, provider, context);
  const path = `${modelPath(request.model, await connection.isVertex())}:${method}`;
  const query: Record<string, string> = method === "streamGenerateContent" ? { alt: "sse" } : {};
  return connection.send({ path, query, body }, { signal: context.signal, headers: request.headers });
}

function readerFor({ provider }: Host, { messages }: AdapterRequest, http: Response): ResponseReader {
  let calls = 0;
  for (const { role, content } of messages) {
    if (role === "assistant") calls += content.filter(({ type }) => type === "tool-call").length;
  }
  return new ResponseReader(provider, infoOf(http), calls);
}

/** What the HTTP exchange says of itself. */
export function infoOf({ headers }: Response): ResponseInfo {
  const requestId = headers.get("x-request-id") ?? headers.get("x-goog-request-id");
  return { headers: headersToObject(headers), ...(requestId && { requestId }) };
}
