/**
 * The fake provider: OpenAI, Azure, Anthropic and Ollama on one port, in a process of its own. It sends bytes that were built
 * before the first request, so that what is measured is the client. How a stream is cut is told by the path that comes before
 * the provider's own: `/burst/300/…` sends 300 chunks in writes of 64 KiB, `/single/300/…` a write for each chunk.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { embeddings, type Payload, streams, texts } from "./payloads.ts";

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => answer(request, response, body));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());

function answer({ url = "" }: IncomingMessage, response: ServerResponse, body: string): void {
  const [, mode, count] = /^\/(burst|single)\/(\d+)\//.exec(url) ?? [];
  const path = url.split("?")[0] as string;
  if (path.endsWith("/embeddings")) {
    send(response, embeddings[body.includes('"encoding_format":"base64"') ? "base64" : "json"]());
    return;
  }
  const wire = path.endsWith("/chat/completions")
    ? "openai"
    : path.endsWith("/messages")
      ? "anthropic"
      : path.endsWith("/api/chat")
        ? "ollama"
        : undefined;
  if (!wire) {
    response.writeHead(404).end();
    return;
  }
  if (!body.includes('"stream":true')) send(response, texts[wire]);
  else stream(response, streams[wire](Number(count ?? 20)), mode === "single");
}

function send(response: ServerResponse, { headers, pieces }: Payload): void {
  const [bytes] = pieces as [Buffer];
  response.writeHead(200, { ...headers, "content-length": bytes.length }).end(bytes);
}

function stream(response: ServerResponse, { headers, pieces }: Payload, single: boolean): void {
  response.writeHead(200, headers);
  if (!single) {
    const bytes = Buffer.concat(pieces);
    for (let at = 0; at < bytes.length; at += 65_536) response.write(bytes.subarray(at, at + 65_536));
    response.end();
    return;
  }
  let at = 0;
  const next = (): void => {
    if (at === pieces.length) response.end();
    else {
      response.write(pieces[at++]);
      // A turn of the clock, so that each arrives in a packet of its own.
      setTimeout(next, 1);
    }
  };
  next();
}
