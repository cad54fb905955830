import { type AssistantPart, createLLM, type LLM } from "@llmux/core";
import { defineAdapter } from "@llmux/core/adapter";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z4 from "zod";
import * as z3 from "zod/v3";
import { ChatLLMux } from "./index.js";

function answering(said: string | AssistantPart[]): { llm: LLM; schemas: unknown[] } {
  const schemas: unknown[] = [];
  const adapter = defineAdapter<object>({
    id: "acme",
    name: "Acme",
    createBackend: () => ({
      async generate({ output }) {
        schemas.push(output?.schema);
        return {
          content: typeof said === "string" ? [{ type: "text", text: said }] : said,
          finishReason: { unified: typeof said === "string" ? "stop" : "content-filter", raw: "stop" },
          usage: {
            inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined },
            outputTokens: { total: undefined, reasoning: undefined },
          },
          response: {},
        };
      },
      async *stream() {},
    }),
  });
  return { llm: createLLM({ adapters: [adapter()] }), schemas };
}

describe("withStructuredOutput", () => {
  it.each([
    ["zod 4", z4.object({ name: z4.string().transform((name) => name.toUpperCase()) })],
    ["zod 3", z3.object({ name: z3.string().transform((name) => name.toUpperCase()) })],
  ])("takes a schema of %s, and gives what it makes of the reply", async (_, schema) => {
    const { llm, schemas } = answering('{"name":"Ann"}');
    const model = new ChatLLMux({ llm, model: "acme/m" });
    expect(await model.withStructuredOutput(schema as z4.ZodType<{ name: string }>).invoke("Hi")).toEqual({
      name: "ANN",
    });
    expect(schemas[0]).toMatchObject({ type: "object", properties: { name: { type: "string" } } });
  });

  it("is typed by its schema", () => {
    const { llm } = answering("{}");
    const model = new ChatLLMux({ llm, model: "acme/m" });
    const four = model.withStructuredOutput(z4.object({ a: z4.number() }));
    expectTypeOf(four.invoke).returns.resolves.toEqualTypeOf<{ a: number }>();
    const three = model.withStructuredOutput(z3.object({ a: z3.number() }));
    expectTypeOf(three.invoke).returns.resolves.toEqualTypeOf<{ a: number }>();
    const raw = model.withStructuredOutput(z4.object({ a: z4.number() }), { includeRaw: true });
    expectTypeOf(raw.invoke).returns.resolves.toHaveProperty("parsed").toEqualTypeOf<{ a: number }>();
  });

  it("reads a reply whose JSON llmux has mended", async () => {
    const { llm } = answering("{'name': 'Ann',}");
    const model = new ChatLLMux({ llm, model: "acme/m" });
    const message = await model.invoke("Hi", { output: "json" });
    expect(message.response_metadata.warnings).toMatchObject([{ type: "repaired" }]);
    expect(await model.withStructuredOutput(z4.object({ name: z4.string() })).invoke("Hi")).toEqual({ name: "Ann" });
  });

  it("says that the model refused", async () => {
    const { llm } = answering([{ type: "refusal", text: "I must not." }]);
    const refused = new ChatLLMux({ llm, model: "acme/m" })
      .withStructuredOutput(z4.object({ name: z4.string() }))
      .invoke("Hi");
    await expect(refused).rejects.toThrow("The model refused: I must not.");
  });

  it("leaves unknown usage unknown", async () => {
    const { llm } = answering("Hi");
    expect((await new ChatLLMux({ llm, model: "acme/m" }).invoke("Hi")).usage_metadata).toBeUndefined();
  });
});
