import { afterAll, beforeAll, expect, it } from "vitest";
import { fetchJSON } from "./fetch-json.js";
import { ListServer } from "./testing/list-server.js";

const server = new ListServer();
let url: string;
beforeAll(async () => {
  url = await server.listen();
});
afterAll(() => server.close());

/** More than is read of any list, and without end where it is not stopped. */
function* endless() {
  for (;;) yield " ".repeat(1024 * 1024);
}

it("stops reading where what comes is far too long", async () => {
  server.answer(200, endless());
  await expect(fetchJSON("list", url, {})).rejects.toMatchObject({
    ...{
      kind: "malformed-response",
      message: expect.stringMatching(/^The list at http.* is longer than 33554432 bytes$/),
    },
  });
});

it("reads characters that come in pieces", async () => {
  const bytes = new TextEncoder().encode('{"é€😀":"é€😀"}');
  const pieces = [...bytes].map((byte) => new Uint8Array([byte]));
  const body = new ReadableStream<Uint8Array>({
    pull(to) {
      const piece = pieces.shift();
      if (piece) to.enqueue(piece);
      else to.close();
    },
  });
  await expect(fetchJSON("list", url, { fetch: async () => new Response(body) })).resolves.toEqual({
    "é€😀": "é€😀",
  });
});

it("fails as a connection does where it breaks in the middle", async () => {
  const fetch = async () => new Response(new ReadableStream({ pull: (to) => to.error(new Error("reset")) }));
  await expect(fetchJSON("list", url, { fetch })).rejects.toMatchObject({ kind: "connection", retryable: true });
});

it("can be aborted while it reads", async () => {
  server.answer(200, endless());
  const abort = new AbortController();
  const fetch = async (to: string, init: RequestInit) => {
    const response = await globalThis.fetch(to, init);
    abort.abort();
    return response;
  };
  await expect(fetchJSON("list", url, { fetch, signal: abort.signal })).rejects.toMatchObject({ kind: "aborted" });
});

it("tells no secrets of its URL", async () => {
  server.answer(404, "");
  const secret = `${url}?token=sk-secret`;
  await expect(fetchJSON("list", secret, {})).rejects.toMatchObject({
    message: `The list at ${url} can't be had: HTTP 404`,
  });
  server.answer(200, "<html>");
  await expect(fetchJSON("list", secret, {})).rejects.toMatchObject({ message: `The list at ${url} is not JSON` });
});

it("takes only the URL of a website", async () => {
  for (const none of ["", "list.json", "file:///etc/passwd", "data:application/json,{}"])
    await expect(fetchJSON("list", none, {})).rejects.toMatchObject({ kind: "invalid-request", parameter: "url" });
});
