import { mockBackend } from "@llmux/testkit";
import { describe, expect, it } from "vitest";
import { withLimit } from "./with-limit.js";

describe("options that make no sense are refused by their name", () => {
  const limits = [{ requests: 1 }];
  it.each<[string, unknown]>([
    ["limits", {}],
    ["limits", { limits: "60/min" }],
    ["limits[0]", { limits: [null] }],
    ["limits[0]", { limits: [{}] }],
    ["limits[0]", { limits: [{ window: "hour", per: "key" }] }],
    ["limits[0].requests", { limits: [{ requests: 0 }] }],
    ["limits[0].requests", { limits: [{ requests: "60" }] }],
    ["limits[1].tokens", { limits: [{ parallel: 1 }, { tokens: 1.5 }] }],
    ["limits[0].parallel", { limits: [{ parallel: Number.NaN }] }],
    ["limits[0].window", { limits: [{ requests: 1, window: "minutes" }] }],
    ["limits[0].window", { limits: [{ requests: 1, window: "toString" }] }],
    ["limits[0].window", { limits: [{ requests: 1, window: 0 }] }],
    ["limits[0].window", { limits: [{ requests: 1, window: 31 * 86_400_000 }] }],
    ["limits[0].per", { limits: [{ requests: 1, per: "team" }] }],
    ["limits[0].per", { limits: [{ requests: 1, per: ["key", "toString"] }] }],
    ["limits[0].for", { limits: [{ requests: 1, for: "generate" }] }],
    ["limits[0].name", { limits: [{ requests: 1, name: "" }] }],
    [
      "limits[1].name",
      {
        limits: [
          { requests: 1, per: "key" },
          { requests: 9, tokens: 5, per: "key" },
        ],
      },
    ],
    ["name", { limits, name: 5 }],
    ["limiter", { limits, limiter: {} }],
    ["whenFull", { limits, whenFull: "queue" }],
    ["maxWait", { limits, maxWait: 0 }],
    ["maxWait", { limits, maxWait: 2 ** 31 }],
    ["maxQueue", { limits, maxQueue: 0.5 }],
    ["expectedOutput", { limits, expectedOutput: -1 }],
    ["fairBy", { limits, fairBy: "key" }],
    ["estimate", { limits, estimate: 5 }],
    ["onWait", { limits, onWait: true }],
  ])("%s: %j", (parameter, options) => {
    expect(() => withLimit(mockBackend(), options as never)).toThrow(
      expect.objectContaining({ kind: "invalid-request", parameter }),
    );
  });

  it("and there is none at all", () => {
    expect(() => withLimit(mockBackend(), undefined as never)).toThrow(
      expect.objectContaining({ parameter: "limits" }),
    );
  });
});

it("limits are shown as people say them", async () => {
  const llm = withLimit(mockBackend(), {
    name: "east",
    limits: [
      { requests: 1, tokens: 5, parallel: 1 },
      { requests: 10, window: "hour", parallel: 2, per: ["user", "model"] },
      { tokens: 1, window: 1500, per: () => "x" },
      { requests: 3, window: 86_400_000, name: "of the free plan" },
    ],
  });
  expect((await llm.status()).map(({ name }) => name)).toEqual([
    "1 request a minute for east",
    "5 tokens a minute for east",
    "1 call at once for east",
    "10 requests an hour per user and model",
    "2 calls at once per user and model",
    "1 token in 1500 ms per function",
    "3 requests a day of the free plan",
  ]);
});

it("each combination of facts counts for itself, whatever is in their names", async () => {
  const llm = withLimit(mockBackend(), { limits: [{ requests: 1, per: ["key", "user", "tag"] }], whenFull: "fail" });
  const ask = (key?: string, user?: string, ...tags: string[]) =>
    llm.generate({ messages: [], context: { key, user, tags } });
  await ask("a", '","=b');
  await ask('a","=', "b");
  await ask();
  await ask("", "-");
  await ask("a", "b", "one", "two");
  for (const again of [ask(), ask("", "-"), ask("a", "b", "two")])
    await expect(again).rejects.toMatchObject({ kind: "rate-limit" });
  await ask("a", "b", "three");
});
