import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, AskedServer, json } from "./asked-server.test-help.js";

let server: AskedServer;
beforeAll(async () => {
  server = await AskedServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.asked = [];
});

describe("moderate", () => {
  const model = "openai/omni-moderation-latest";
  const verdict = (flagged: boolean): object => ({
    flagged,
    categories: { violence: flagged, illicit: null },
    category_scores: { violence: flagged ? 0.9 : 0.1, illicit: null },
    category_applied_input_types: { violence: ["text"] },
  });
  const verdicts = (...all: boolean[]): Answer => json({ id: "modr-1", model: "omni", results: all.map(verdict) });
  const image = { type: "image", data: "https://x.test/1.png" } as const;
  const one = { type: "text", text: "one" } as const;

  it("asks for texts together, and for each value of several parts alone, and keeps their order", async () => {
    server.answers = [verdicts(false, true), verdicts(true), verdicts(false), verdicts(true)];
    const bytes = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
    const result = await server.own.moderate({
      model,
      values: ["a", [one], [one, image], [{ type: "image", data: bytes }], "b"],
    });
    expect(result.results.map(({ flagged }) => flagged)).toEqual([false, true, true, false, true]);
    expect(result.results[1]).toEqual({ flagged: true, categories: { violence: true }, scores: { violence: 0.9 } });
    expect(result.response).toMatchObject({ id: "modr-1", model: "omni", requestId: "req_1" });
    expect(result.usage.inputTokens.total).toBeUndefined();
    expect(server.asked.map(({ path }) => path)).toEqual(Array(4).fill("/v1/moderations"));
    const url = `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`;
    expect(server.asked.map(({ body }) => body)).toEqual([
      { model: "omni-moderation-latest", input: ["a", "one"] },
      { model: "omni-moderation-latest", input: [one, { type: "image_url", image_url: { url: image.data } }] },
      { model: "omni-moderation-latest", input: [{ type: "image_url", image_url: { url } }] },
      { model: "omni-moderation-latest", input: ["b"] },
    ]);
  });

  it("splits many texts, and asks nothing of none", async () => {
    server.answers = [verdicts(...Array(32).fill(false)), verdicts(true)];
    const { results } = await server.own.moderate({ model, values: Array(33).fill("a") });
    expect(results).toHaveLength(33);
    expect(results[32]?.flagged).toBe(true);
    server.asked = [];
    expect((await server.own.moderate({ model, values: [] })).results).toEqual([]);
    expect(server.asked).toEqual([]);
  });

  it("never leaves out an image", async () => {
    const values = [[one, { type: "image", data: { fileId: "f" } } as const]];
    await expect(server.own.moderate({ model, values, dropParams: true })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "values[0]",
    });
    expect(server.asked).toEqual([]);
  });

  it.each([
    ["too few verdicts", { results: [verdict(true)] }, "malformed-response"],
    ["a verdict without words", { results: [{}, null] }, "malformed-response"],
    ["nothing of the kind", {}, "malformed-response"],
    ["null", null, "malformed-response"],
    ["an error", { error: { message: "x", code: "invalid_api_key" } }, "authentication"],
  ])("%s under a 200 is told as such", async (_, body, kind) => {
    server.answers = [json(body)];
    await expect(server.own.moderate({ model, values: ["a", "b"] })).rejects.toMatchObject({ kind });
  });

  it("keeps categories of any name", async () => {
    server.answers = [
      { body: '{"results":[{"flagged":true,"categories":{"__proto__":true},"category_scores":{"__proto__":1}}]}' },
    ];
    const { results } = await server.own.moderate({ model, values: ["a"] });
    expect(Object.entries(results[0]!.categories)).toEqual([["__proto__", true]]);
    expect(Object.getPrototypeOf(results[0]!.scores)).toBe(Object.prototype);
  });
});
