import { describe, expect, it } from "vitest";
import { z } from "zod";
import { normalizeRequest } from "./normalize-request.js";
import type { GenerateRequest } from "./request.js";
import { errorOf, HELLO } from "./testing/fakes.js";

const messagesOf = async (...messages: unknown[]): Promise<unknown> =>
  (await normalizeRequest({ model: "m", messages: messages as GenerateRequest["messages"] }, "acme")).messages;

describe("normalizeRequest", () => {
  it("sends reasoning without its seal to another provider than the one that sealed it", async () => {
    const seal = { signature: "s", redacted: "r", id: "i" };
    const message = (provider?: string, text = "Hm") => ({
      role: "assistant",
      content: [
        { type: "reasoning", text, ...seal, provider },
        { type: "text", text: "Yes" },
      ],
    });
    const [own, unknown, foreign, empty] = (await messagesOf(
      message("acme"),
      message(),
      message("other"),
      message("other", ""),
    )) as { content: unknown[] }[];
    expect(own?.content[0]).toMatchObject(seal);
    expect(unknown?.content[0]).toMatchObject(seal);
    expect(foreign?.content).toEqual([
      { type: "reasoning", text: "Hm" },
      { type: "text", text: "Yes" },
    ]);
    expect(empty?.content).toEqual([{ type: "text", text: "Yes" }]);
  });

  it("makes parts of strings, and leaves parts as they are", async () => {
    const part = { type: "text", text: "Hi", cache: true, providerOptions: { acme: {} } };
    expect(
      await messagesOf(
        { role: "system", content: "Be brief." },
        { role: "user", content: [part], name: "Ada" },
        { role: "assistant", content: "" },
      ),
    ).toEqual([
      { role: "system", content: [{ type: "text", text: "Be brief." }] },
      { role: "user", content: [part], name: "Ada" },
      { role: "assistant", content: [] },
    ]);
  });

  it("makes text of a tool's output, whatever it is, but keeps parts", async () => {
    const parts = [
      { type: "text", text: "x" },
      { type: "image", data: "https://x.test/a.png" },
    ];
    const outputs: [unknown, unknown][] = [
      ["text", "text"],
      ["", ""],
      [{ a: 1 }, '{"a":1}'],
      [[1, 2], "[1,2]"],
      [[], "[]"],
      [[{ type: "other" }], '[{"type":"other"}]'],
      [0, "0"],
      [false, "false"],
      [null, "null"],
      [undefined, ""],
      [parts, parts],
    ];
    for (const [output, expected] of outputs) {
      const [message] = (await messagesOf({
        role: "tool",
        content: [{ type: "tool-result", toolCallId: "1", output }],
      })) as any[];
      expect(message.content).toEqual([{ type: "tool-result", toolCallId: "1", output: expected }]);
    }
  });

  it("gives tools and outputs a JSON Schema each, with defaults", async () => {
    const { tools, output } = await normalizeRequest(
      {
        ...HELLO,
        tools: [
          { name: "now" },
          { name: "look", description: "Looks", inputSchema: z.object({ at: z.string() }), strict: true },
          { name: "plain", inputSchema: { type: "object" } },
          { type: "provider", provider: "acme", value: { type: "search" } },
        ],
        output: { schema: z.object({ a: z.number() }) },
      },
      "acme",
    );
    expect(tools).toMatchObject([
      { type: "function", name: "now", inputSchema: { type: "object", properties: {}, additionalProperties: false } },
      { type: "function", name: "look", description: "Looks", strict: true, inputSchema: { required: ["at"] } },
      { type: "function", name: "plain", inputSchema: { type: "object" } },
      { type: "provider", provider: "acme", value: { type: "search" } },
    ]);
    expect(output).toMatchObject({ name: "output", strict: true, schema: { required: ["a"] } });
    expect((await normalizeRequest({ ...HELLO, output: "json" }, "acme")).output).toEqual({
      name: "output",
      strict: false,
    });
    expect(await normalizeRequest({ ...HELLO, tools: [] }, "acme")).not.toHaveProperty("tools");
  });

  it.each([z.object({ a: z.number() }), "text", { type: "object" }])(
    "wants a schema in its place: %o",
    async (output) => {
      const error = await errorOf(normalizeRequest({ ...HELLO, output: output as never }, "acme"));
      expect(error).toMatchObject({ kind: "invalid-request", parameter: "output" });
    },
  );

  it("does not change the caller's request", async () => {
    const request = Object.freeze({
      ...HELLO,
      messages: Object.freeze([Object.freeze({ role: "user" as const, content: "x" })]),
    });
    await normalizeRequest(request, "acme");
    expect(request.messages[0]).toEqual({ role: "user", content: "x" });
  });

  it.each<[unknown, string, string]>([
    [{ model: "m" }, "messages", "non-empty array"],
    [{ model: "m", messages: "Hi" }, "messages", "non-empty array"],
    [{ model: "m", messages: [] }, "messages", "non-empty array"],
    [{ messages: HELLO.messages }, "model", "name one"],
    [{ model: "", messages: HELLO.messages }, "model", "name one"],
    [{ model: "m", messages: [null] }, "messages[0]", "must be a message"],
    [{ model: "m", messages: ["Hi"] }, "messages[0]", "must be a message"],
    [{ model: "m", messages: [{ content: "Hi" }] }, "messages[0].role", "must be system, user, assistant or tool"],
    [{ model: "m", messages: [{ role: "developer", content: "Hi" }] }, "messages[0].role", '"developer"'],
    [{ model: "m", messages: [{ role: "toString", content: "Hi" }] }, "messages[0].role", '"toString"'],
    [{ model: "m", messages: [{ role: "user" }] }, "messages[0].content", "string or an array"],
    [{ model: "m", messages: [{ role: "tool", content: "42" }] }, "messages[0].content", "tool-result"],
    [{ model: "m", messages: [{ role: "user", content: [null] }] }, "messages[0].content[0].type", "text, image"],
    [
      { model: "m", messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      "messages[0].content[0].type",
      '"image_url"',
    ],
    [
      { model: "m", messages: [{ role: "system", content: [{ type: "image" }] }] },
      "messages[0].content[0].type",
      "system message",
    ],
    [
      { model: "m", messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages[0].content[0].text",
      "string",
    ],
    [{ ...HELLO, tools: [{ type: "function", function: { name: "x" } }] }, "tools[0].name", "name"],
    [{ ...HELLO, tools: [{ name: "x", inputSchema: z.date() }] }, "tools.x.inputSchema", "withJSONSchema"],
    [{ ...HELLO, output: { schema: z.date() } }, "output.schema", "withJSONSchema"],
  ])("refuses %j", async (request, parameter, message) => {
    expect(await errorOf(normalizeRequest(request as GenerateRequest, "acme"))).toMatchObject({
      kind: "invalid-request",
      parameter,
      message: expect.stringContaining(message),
    });
  });
});
