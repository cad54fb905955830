import fc from "fast-check";
import { expect, it } from "vitest";
import { readLitellm } from "./read-litellm.js";
import { LITELLM_LIST } from "./testing/litellm-list.js";

const read = (entry: object) =>
  readLitellm({ x: { litellm_provider: "openai", max_output_tokens: 1, ...entry } })?.get("openai/x");

it("passes over what is not of the format, and keeps the rest", () => {
  const facts = readLitellm(JSON.parse(LITELLM_LIST))!;
  expect(facts.get("openai/wrong-types")).toEqual({ id: "wrong-types", abilities: { tools: true } });
  const names = [...facts.keys()];
  for (const name of ["wrong-dates", "no-object", "null", "list", "no-provider", "wrong-provider", "sample_spec"])
    expect(names.filter((known) => known.endsWith(`/${name}`))).toEqual([]);
});

it("takes a name of the language's own for a name like any other", () => {
  const facts = readLitellm(JSON.parse(LITELLM_LIST))!;
  expect(facts.get("openai/__proto__")).toEqual({ id: "__proto__", maxOutputTokens: 666 });
  expect(facts.get("openai/constructor")).toEqual({ id: "constructor", maxOutputTokens: 667 });
  expect(facts.get("__proto__/hostile")).toEqual({ id: "hostile", maxOutputTokens: 668 });
  expect(Object.prototype).not.toHaveProperty("polluted");
  expect(read(JSON.parse('{"__proto__": {"mode": "chat", "supports_vision": true}}'))).toEqual({
    ...{ id: "x", maxOutputTokens: 1 },
  });
});

it("says nothing of what is not said, and false only of what is", () => {
  expect(read({})).toEqual({ id: "x", maxOutputTokens: 1 });
  expect(read({ supports_vision: false, supports_pdf_input: null })?.abilities).toEqual({ imageInput: false });
});

it("goes by the lists of modalities before the flags", () => {
  const flags = { supports_vision: true, supports_audio_input: false, supports_audio_output: true };
  expect(read(flags)?.abilities).toEqual({ imageInput: true, audioInput: false, audioOutput: true });
  const lists = { supported_modalities: ["text", "audio"], supported_output_modalities: ["text", "image"] };
  expect(read({ ...flags, ...lists })?.abilities).toEqual({
    ...{ imageInput: false, audioInput: true, videoInput: false },
    ...{ audioOutput: false, imageOutput: true },
  });
  const newer = { supported_input_modalities: ["video"] };
  expect(read({ ...flags, ...lists, ...newer })?.abilities).toMatchObject({ videoInput: true, audioInput: false });
});

it("knows what calls a model is for", () => {
  const kinds = {
    ...{ chat: "chat", responses: "chat", completion: "completion", embedding: "embedding", rerank: "rerank" },
    ...{ audio_transcription: "transcription", audio_speech: "speech", image_generation: "image", image_edit: "image" },
    ...{
      video_generation: "video",
      moderation: "moderation",
      realtime: "realtime",
      ocr: undefined,
      constructor: undefined,
    },
  };
  for (const [mode, kind] of Object.entries(kinds)) expect([mode, read({ mode })?.kind]).toEqual([mode, kind]);
});

it("reads a day as a day in UTC, and nothing else", () => {
  const day = (deprecation_date: unknown) => read({ deprecation_date })?.retiresAt?.toISOString();
  expect(day("2028-02-29")).toBe("2028-02-29T00:00:00.000Z");
  for (const none of [
    "2027-02-29",
    "2027-13-01",
    "2027-1-1",
    "2027",
    "soon",
    "2027-01-01T00:00",
    "",
    20270101,
    null,
    {},
  ])
    expect(day(none)).toBeUndefined();
});

it("reads any list without failing, into facts of the right types", () => {
  const fields = [
    "mode",
    "max_input_tokens",
    "max_output_tokens",
    "deprecation_date",
    "supports_vision",
    "supported_modalities",
  ];
  const entry = fc.dictionary(
    fc.constantFrom("litellm_provider", ...fields),
    fc.oneof(fc.anything(), fc.constant("openai")),
  );
  const list = fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.oneof(fc.anything(), entry)));
  fc.assert(
    fc.property(list, (any) => {
      for (const facts of readLitellm(any)?.values() ?? []) {
        expect(["string", "undefined"]).toContain(typeof facts.kind);
        for (const tokens of [facts.maxInputTokens ?? 1, facts.maxOutputTokens ?? 1])
          expect(Number.isSafeInteger(tokens) && tokens > 0).toBe(true);
        expect(Number.isNaN(facts.retiresAt?.getTime() ?? 0)).toBe(false);
        for (const ability of Object.values(facts.abilities ?? {})) expect(ability).toBeTypeOf("boolean");
      }
    }),
  );
});
