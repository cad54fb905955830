import { collect, type GenerateRequest } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { defineHost, type HostRow } from "./index.js";

const row: HostRow<never> = {
  id: "acme",
  name: "Acme",
  docs: "https://acme.example/docs",
  baseURL: "https://api.acme.example/v1",
  keyVariables: ["ACME_API_KEY"],
  calls: [],
};
const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Hi" }] };

/** The results of a host that answers with this, whole and streamed. */
async function both(more: Partial<HostRow<never>>, body: object, text = "Hi", headers: Record<string, string> = {}) {
  const backend = defineHost({ ...row, ...more })({
    apiKey: "k",
    fetch: async (_, init) => {
      const { stream } = JSON.parse(init?.body as string);
      if (!stream) {
        const choices = [{ message: { role: "assistant", content: text }, finish_reason: "stop" }];
        return Response.json({ ...body, choices }, { headers });
      }
      const chunks = [...text].map((content) => ({ ...body, choices: [{ delta: { content } }] }));
      const all = [...chunks, { ...body, choices: [{ delta: {}, finish_reason: "stop" }] }];
      const events = all.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
      return new Response(`${events}data: [DONE]\n\n`, {
        headers: { "content-type": "text/event-stream", ...headers },
      });
    },
  }).createBackend();
  const whole = await backend.generate(request);
  const streamed = await collect(backend.stream(request));
  const { headers: _, ...response } = whole.response;
  expect({ ...streamed, response: undefined }).toEqual({ ...whole, response: undefined });
  expect(streamed.response).toMatchObject(response);
  return whole;
}

describe("what a host says beside its answer, whole and streamed alike", () => {
  it("its sources are the citations of the text, with titles where it tells them", async () => {
    const citations = ["https://a.example", "https://b.example"];
    const { content } = await both({ citations: true }, { citations });
    expect(content).toEqual([{ type: "text", text: "Hi", citations: citations.map((url) => ({ url, raw: url })) }]);
    const search_results = [{ url: "https://a.example", title: "A", date: "2026-01-01" }];
    const titled = await both({ citations: true }, { citations, search_results });
    expect(titled.content).toMatchObject([
      { citations: [{ url: "https://a.example", title: "A", raw: search_results[0] }] },
    ]);
    expect(titled.providerMetadata?.acme).toEqual({ citations, search_results });
    expect((await both({ citations: true }, { citations: [] })).content).toEqual([{ type: "text", text: "Hi" }]);
  });

  it("its price is costUSD", async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, cost: { total: 5 } };
    const inUsage = await both({ cost: { usage: "cost.total", perUSD: 100 } }, { usage });
    expect(inUsage.providerMetadata?.acme?.costUSD).toBe(0.05);
    const inHeader = await both({ cost: { header: "x-cost" } }, {}, "Hi", { "x-cost": "0.25" });
    expect(inHeader.providerMetadata?.acme?.costUSD).toBe(0.25);
    for (const cost of [undefined, null, "", "free"]) {
      const { providerMetadata } = await both({ cost: { usage: "cost" } }, { usage: { cost } });
      expect(providerMetadata?.acme?.costUSD).toBeUndefined();
    }
  });

  it("its id of the request is where it puts it", async () => {
    const { response } = await both({ requestIdHeader: "x-trace" }, {}, "Hi", { "x-trace": "t1" });
    expect(response.requestId).toBe("t1");
    const usual = await both({ requestIdHeader: "x-trace" }, {}, "Hi", { "x-trace": "t1", "x-request-id": "r1" });
    expect(usual.response.requestId).toBe("r1");
  });

  it("what it thinks between tags is reasoning, and all the rest stays as it is", async () => {
    const text = "<think>\nHm\n</think>\n\nYes";
    const { content } = await both({ thinkTags: "split", citations: true }, { citations: ["https://a.example"] }, text);
    expect(content).toMatchObject([
      { type: "reasoning", text: "Hm" },
      { type: "text", text: "Yes", citations: [{ url: "https://a.example" }] },
    ]);
    expect((await both({}, {}, text)).text).toBe(text);
  });
});

describe("a host of one's own", () => {
  it("has what its row says, and no more", () => {
    const backend = defineHost({ ...row, calls: ["embed", "rerank"] })({ apiKey: "k" }).createBackend();
    expect([backend.provider, typeof backend.embed, typeof backend.rerank, typeof backend.listModels]).toEqual([
      "acme",
      "function",
      "function",
      "undefined",
    ]);
  });

  it("takes headers of its row, of its configuration and of the call", async () => {
    let headers = new Headers();
    const adapter = defineHost({ ...row, headers: { "x-row": "1", "x-own": "row" } })({
      apiKey: "k",
      headers: { "x-own": "config" },
      fetch: async (_, init) => {
        headers = new Headers(init?.headers);
        return Response.json({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] });
      },
    });
    await adapter.createBackend().generate({ ...request, headers: { "x-call": "2" } });
    expect([headers.get("x-row"), headers.get("x-own"), headers.get("x-call")]).toEqual(["1", "config", "2"]);
  });
});
