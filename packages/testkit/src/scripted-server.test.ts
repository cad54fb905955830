import { expect, it } from "vitest";
import { ScriptedServer } from "./scripted-server.js";

it("says whether the dialect or the script does not know a request", async () => {
  const server = await ScriptedServer.start(({ path }) =>
    path === "/v1/chat" ? { kind: "generate", stream: false } : undefined,
  );
  const post = async (path: string) => await (await fetch(server.url + path, { method: "POST" })).text();
  expect(await post("/v1/complete")).toMatch(/^The dialect reads nothing of POST \/v1\/complete/);
  expect(await post("/v1/chat")).toMatch(/no answer to POST \/v1\/chat, which the dialect reads as generate/);
  await server.stop();
});
