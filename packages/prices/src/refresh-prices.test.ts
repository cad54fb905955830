import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { priceOf } from "./create-prices.js";
import { refreshPrices } from "./refresh-prices.js";
import { ListServer } from "./testing/list-server.js";

const usage = { inputTokens: { total: 1_000_000 } };
const price = () => priceOf({ provider: "openai", model: "gpt-99", usage })?.total;
const list = [
  {
    ...{ id: "openai", name: "OpenAI", api_pattern: "https://api\\.openai\\.com" },
    models: [{ id: "gpt-99", match: { equals: "gpt-99" }, prices: { input_mtok: 7 } }],
  },
];

const server = new ListServer();
let url: string;
beforeAll(async () => {
  url = await server.listen();
});
afterAll(() => server.close());

it("fetches nothing unless it is asked to", () => {
  const fetch = vi.spyOn(globalThis, "fetch");
  expect(price()).toBeUndefined();
  expect(fetch).not.toHaveBeenCalled();
  fetch.mockRestore();
});

it("leaves the list as it was where the new one can't be had, or is none", async () => {
  const cases: [status: number, body: string, kind: string][] = [
    [404, "none", "connection"],
    [200, "<html>", "malformed-response"],
    [200, "{}", "malformed-response"],
    [200, "[]", "malformed-response"],
    [200, '[{"id":"openai"}]', "malformed-response"],
  ];
  for (const [status, body, kind] of cases) {
    server.answer(status, body);
    await expect(refreshPrices({ url })).rejects.toMatchObject({ kind });
  }
  await expect(refreshPrices({ url: "http://127.0.0.1:1/" })).rejects.toMatchObject({ kind: "connection" });
  await expect(refreshPrices({ url, signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: "aborted" });
  expect(priceOf({ provider: "openai", model: "gpt-4o", usage })?.total).toBe(2.5);
});

it("takes the new list, also for models that were looked up before", async () => {
  expect(price()).toBeUndefined();
  server.answer(200, JSON.stringify(list));
  await refreshPrices({ url });
  expect(price()).toBe(7);
});
