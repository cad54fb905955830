import { createLLM, type GenerateImageRequest } from "@llmux/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AskedServer, json } from "./asked-server.test-help.js";
import { openai } from "./index.js";

let server: AskedServer;
beforeAll(async () => {
  server = await AskedServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.asked = [];
});

describe("generateImage", () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
  const b64_json = Buffer.from(png).toString("base64");
  const request: GenerateImageRequest = { model: "openai/gpt-image-2", prompt: "a cat" };
  const usage = { input_tokens: 9, output_tokens: 272, total_tokens: 281, input_tokens_details: { image_tokens: 0 } };

  it("asks for an image, and reads what came", async () => {
    server.answers = [
      json({ created: 1_700_000_000, data: [{ b64_json }], output_format: "png", size: "1024x1024", usage }),
    ];
    const result = await server.own.generateImage({
      ...request,
      n: 1,
      size: "1024x1024",
      user: "u",
      providerOptions: { openai: { quality: "low" } },
    });
    expect(server.last().path).toBe("/v1/images/generations");
    expect(server.last().body).toEqual({
      model: "gpt-image-2",
      prompt: "a cat",
      n: 1,
      size: "1024x1024",
      safety_identifier: "u",
      quality: "low",
    });
    expect(result.images).toEqual([{ data: expect.any(Uint8Array), mediaType: "image/png" }]);
    expect(Buffer.compare(result.images[0]!.data!, png)).toBe(0);
    expect(result.usage).toMatchObject({ inputTokens: { total: 9 }, outputTokens: { total: 272 }, raw: usage });
    expect(result.response).toMatchObject({ requestId: "req_1", createdAt: new Date(1_700_000_000_000) });
  });

  it("asks DALL·E for bytes, and nobody else", async () => {
    server.answers = [json({ data: [{ b64_json, revised_prompt: "a tabby" }] })];
    for (const model of ["openai/dall-e-2", "openai/dall-e-3"]) {
      const { images, usage } = await server.own.generateImage({ ...request, model });
      expect(images[0]?.revisedPrompt).toBe("a tabby");
      expect(usage.inputTokens.total).toBeUndefined();
      expect(server.last().body).toMatchObject({ response_format: "b64_json" });
    }
    server.answers = [json({ data: [{ url: "https://x.test/1.webp" }] })];
    const other = createLLM({ adapters: [openai({ baseURL: `${server.url}/v1` })] });
    const { images } = await other.generateImage({ ...request, model: "openai/flux", user: "u" });
    expect(images).toEqual([{ url: "https://x.test/1.webp" }]);
    expect(server.last().body).toEqual({ model: "flux", prompt: "a cat", user: "u" });
  });

  it("tells the kind from the bytes, else from the format", async () => {
    const kind = async (b64: string, body = {}, own_ = {}): Promise<string | undefined> => {
      server.answers = [json({ data: [{ b64_json: b64 }], ...body })];
      return (await server.own.generateImage({ ...request, providerOptions: { openai: own_ } })).images[0]?.mediaType;
    };
    expect(await kind(b64_json, { output_format: "webp" })).toBe("image/png");
    expect(await kind(Buffer.from("<svg>").toString("base64"), { output_format: "svg" })).toBe("image/svg+xml");
    expect(await kind("AAAA", {}, { output_format: "jpeg" })).toBe("image/jpeg");
    expect(await kind("AAAA")).toBeUndefined();
  });

  it("keeps the tokens of the model that writes an SVG apart", async () => {
    const svg_usage = { model: "gpt", input_tokens: 1, output_tokens: 2 };
    server.answers = [json({ data: [{ b64_json }], usage, svg_usage })];
    const result = await server.own.generateImage(request);
    expect(result.usage).toMatchObject({ inputTokens: { total: 9 }, raw: { input_tokens: 9, svg_usage } });
  });

  it("edits images by a form", async () => {
    server.answers = [json({ data: [{ b64_json }], usage })];
    await server.own.generateImage({ ...request, images: [png], size: "1536x864" });
    expect(server.last().path).toBe("/v1/images/edits");
    const { image, ...rest } = server.fields();
    expect((await server.file("image")).slice(0, 2)).toEqual(["images.png", "image/png"]);
    expect(rest).toEqual({ model: ["gpt-image-2"], prompt: ["a cat"], size: ["1536x864"] });
    const jpeg = `data:image/jpeg;base64,${Buffer.from("jpeg").toString("base64")}`;
    await server.own.generateImage({ ...request, images: [png, jpeg], mask: b64_json, n: 2 });
    expect((server.fields()["image[]"] as File[]).map(({ name }) => name)).toEqual(["images.png", "images.jpg"]);
    expect((server.fields().mask as File[])[0]).toMatchObject({ name: "mask.png", type: "image/png" });
    expect(new Uint8Array(await (server.fields().mask as File[])[0]!.arrayBuffer())).toEqual(png);
    expect(server.fields().n).toEqual(["2"]);
  });

  it.each([
    ["an aspect ratio", { aspectRatio: "16:9" }, "unsupported", "aspectRatio"],
    ["a seed", { seed: 1 }, "unsupported", "seed"],
    ["a mask over nothing", { mask: png }, "invalid-request", "mask"],
    ["an image by URL", { images: [png, "https://x.test/1.png"] }, "unsupported", "images[1]"],
    ["a mask by id", { images: [png], mask: { fileId: "f" } }, "unsupported", "mask"],
    ["a stream", { providerOptions: { openai: { stream: true } } }, "unsupported", "providerOptions.openai.stream"],
  ] as [string, Partial<GenerateImageRequest>, string, string][])("refuses %s", async (_, more, kind, parameter) => {
    await expect(server.own.generateImage({ ...request, ...more })).rejects.toMatchObject({ kind, parameter });
    expect(server.asked).toEqual([]);
  });

  it.each([
    [
      "an error",
      { error: { message: "Your request was rejected by the safety system", code: "moderation_blocked" } },
      "content-policy",
    ],
    ["no images", { data: [] }, "malformed-response"],
    ["nothing of the kind", {}, "malformed-response"],
    ["null", null, "malformed-response"],
    ["an image of nothing", { data: [null] }, "malformed-response"],
    ["no base64", { data: [{ b64_json: "!" }] }, "malformed-response"],
  ])("%s under a 200 is told as such", async (_, body, kind) => {
    server.answers = [json(body)];
    await expect(server.own.generateImage(request)).rejects.toMatchObject({ kind });
  });

  it("a refused prompt is content-policy", async () => {
    const message = "Your request was rejected by the safety system. safety_violations=[violence].";
    server.answers = [
      json({ error: { message, type: "image_generation_user_error", code: "moderation_blocked" } }, 400),
    ];
    await expect(server.own.generateImage(request)).rejects.toMatchObject({
      kind: "content-policy",
      status: 400,
      code: "moderation_blocked",
      requestId: "req_1",
    });
  });
});
