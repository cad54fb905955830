import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Recording } from "./recordings.ts";
import { ReplayServer } from "./replay-server.ts";

const body = 'data: {"text":"grüß"}\n\ndata: [DONE]\n\n';
const recording: Recording = {
  id: "test",
  provider: "test",
  api: "chat",
  scenario: "stream",
  wire: "sse",
  request: {},
  response: { status: 200, headers: { "x-request-id": "abc" }, chunks: [body.slice(0, 10), body.slice(10)] },
  expected: undefined,
};
const length = Buffer.byteLength(body);

describe("ReplayServer", () => {
  let server: ReplayServer;
  beforeAll(async () => {
    server = await ReplayServer.start();
  });
  afterAll(() => server.stop());

  it("answers with status, headers and bytes as recorded", async () => {
    server.serve({ ...recording, response: { ...recording.response, status: 529 } });
    const response = await fetch(server.url);
    expect(response.status).toBe(529);
    expect(response.headers.get("x-request-id")).toBe("abc");
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe(body);
  });

  it("gives the same bytes however they are cut", async () => {
    for (const seed of [1, 2, 3]) {
      server.serve(recording, { seed });
      expect(await (await fetch(server.url)).text()).toBe(body);
    }
  });

  it("breaks the connection where it is told to", async () => {
    server.serve(recording, { breakAfter: 12 });
    const response = await fetch(server.url);
    await expect(response.text()).rejects.toThrow();
  });

  it("ends the response early, as though it were whole", async () => {
    server.serve(recording, { endAfter: length - 3 });
    const bytes = await (await fetch(server.url)).arrayBuffer();
    expect(bytes.byteLength).toBe(length - 3);
  });

  it("keeps what it was asked", async () => {
    server.serve(recording);
    await (await fetch(`${server.url}/v1/chat`, { method: "POST", body: '{"model":"m"}' })).text();
    expect(server.requests.at(-1)).toMatchObject({ method: "POST", path: "/v1/chat", body: { model: "m" } });
  });
});
