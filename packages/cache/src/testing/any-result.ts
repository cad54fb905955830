import { type AssistantPart, assembleResult, type GenerateResult } from "@llmux/core";
import fc from "fast-check";

const text = fc.string({ unit: "binary" });
const key = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "$llmux", "toJSON", "delta", "type"));
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("json")),
    fc.dictionary(key, tie("json"), { noNullPrototype: true }),
  ),
}));
const object = fc.dictionary(key, json!, { noNullPrototype: true });
const metadata = fc.option(fc.record({ acme: object }), { nil: undefined });
const count = fc.option(fc.nat(), { nil: undefined });

/** Only what is there: streams have no parts that hold `undefined`. */
function bare<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

const part = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text, providerMetadata: metadata }).map(bare),
  fc
    .record({
      ...{ type: fc.constant("reasoning" as const), text, signature: fc.option(text, { nil: undefined }) },
      ...{ redacted: fc.option(text, { nil: undefined }), id: fc.option(text, { nil: undefined }) },
      providerMetadata: metadata,
    })
    .map((reasoning) => {
      const isSealed = [reasoning.signature, reasoning.redacted, reasoning.id].some((seal) => seal !== undefined);
      return bare({ ...reasoning, provider: isSealed ? "acme" : undefined });
    }),
  fc.record({ type: fc.constant("refusal" as const), text }),
  fc.record({ type: fc.constant("tool-call" as const), id: text, name: text, input: json! }),
  fc.record({
    type: fc.constant("tool-call" as const),
    id: text,
    name: text,
    input: fc.constant(undefined),
    inputText: text,
  }),
  fc.record({ type: fc.constant("provider" as const), provider: fc.constant("acme"), value: json! }),
  fc.record({ type: fc.constant("image" as const), data: fc.uint8Array(), mediaType: fc.constant("image/png") }),
);

/** Any result that a backend could give, and that is kept. */
export const anyResult: fc.Arbitrary<GenerateResult> = fc
  .record({
    content: fc.array(part as fc.Arbitrary<AssistantPart>, { minLength: 1, maxLength: 6 }),
    reason: fc.constantFrom("stop" as const, "tool-calls" as const),
    input: count,
    output: count,
    raw: json!,
    metadata,
    created: fc.option(fc.date({ noInvalidDate: true }), { nil: undefined }),
  })
  .map(({ content, reason, input, output, raw, metadata: providerMetadata, created }) =>
    assembleResult({
      ...{
        content,
        output: undefined,
        finishReason: { unified: reason, raw: undefined },
        provider: "acme",
        model: "m",
      },
      usage: {
        inputTokens: { total: input, cacheRead: undefined, cacheWrite: undefined },
        outputTokens: { total: output, reasoning: undefined },
        raw,
      },
      warnings: [{ type: "other", message: "Hm" }],
      response: { id: "r", headers: { a: "b" }, ...(created && { createdAt: created }) },
      ...(providerMetadata && { providerMetadata }),
      attempts: [{ provider: "acme", model: "m", duration: 1 }],
      cost: { total: 0.1, source: "list" },
    }),
  );

/** What is given again of it. */
export function asCached(result: GenerateResult, cachedAt: unknown): object {
  const { attempts: _, response, ...rest } = result;
  const { headers: __, ...info } = response;
  return { ...rest, response: info, cost: { total: 0, source: "list" }, cachedAt };
}
