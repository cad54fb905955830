import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LlamaCppConfig, readConfig } from "./config.js";
import { findModelFile, modelsDirectoryOf } from "./model-file.js";
import { temporaryDirectory } from "./testing/models.ts";

const { path: root, drop } = temporaryDirectory();
const directory = join(root, "models");
const find = (model: string, config: LlamaCppConfig = {}): Promise<string> =>
  findModelFile(model, readConfig({ modelsDirectory: directory, ...config }));

beforeAll(() => {
  mkdirSync(join(directory, "team"), { recursive: true });
  for (const file of ["a.gguf", "team/b.gguf", "../outside.gguf", "plain"])
    writeFileSync(join(directory, file), "GGUF\x03\0\0\0…");
  writeFileSync(join(directory, "text.gguf"), "Once upon a time");
  writeFileSync(join(directory, "empty.gguf"), "");
  writeFileSync(join(directory, "short.gguf"), "GGUF");
  writeFileSync(join(directory, "future.gguf"), "GGUF\x09\0\0\0…");
  symlinkSync(join(root, "outside.gguf"), join(directory, "link.gguf"));
});
afterAll(drop);

describe("findModelFile", () => {
  it.each([
    ["a name", "a", "a.gguf"],
    ["a name with its ending", "a.gguf", "a.gguf"],
    ["a name below", "team/b", "team/b.gguf"],
    ["a file without the ending", "plain", "plain"],
    ["an absolute path", join(root, "outside.gguf"), "../outside.gguf"],
    ["a path from here", `./${relative(process.cwd(), join(directory, "a.gguf"))}`, "a.gguf"],
    ["a path from here without a dot", relative(process.cwd(), join(directory, "a.gguf")), "a.gguf"],
  ])("finds %s", async (_, model, file) => {
    expect(await find(model)).toBe(join(directory, file));
  });

  it("says where it looked, and how to get a model", async () => {
    const error = await find("qwen").catch((error: unknown) => error);
    expect(error).toMatchObject({ kind: "not-found", parameter: "model" });
    const { message } = error as Error;
    expect(message).toContain(`${join(directory, "qwen")}, ${join(directory, "qwen.gguf")}.`);
    expect(message).toContain(`npx node-llama-cpp pull --dir ${directory} hf:`);
    await expect(find("hf:me/it:Q4_K_M")).rejects.toThrow(/pull --dir \S+ hf:me\/it:Q4_K_M$/);
    await expect(find("team")).rejects.toMatchObject({ kind: "not-found" });
  });

  it.each(["text", "empty", "short", "future"])("refuses what is no GGUF file: %s", async (model) => {
    await expect(find(model)).rejects.toMatchObject({ kind: "invalid-request", message: /is not a GGUF file/ });
  });

  it.each([join(root, "outside.gguf"), "../outside", "link", "../../nothing", "/etc/hostname"])(
    "keeps confined callers in the models directory, and from knowing what is outside: %s",
    async (model) => {
      const error = await find(model, { confined: true }).catch((error: unknown) => error as Error);
      expect(error).toMatchObject({ kind: "not-found" });
      expect((error as Error).message.replace(JSON.stringify(model), "")).not.toContain(root);
    },
  );

  it("lets confined callers have what is inside", async () => {
    expect(await find("team/b", { confined: true })).toBe(join(directory, "team/b.gguf"));
  });
});

describe("modelsDirectoryOf", () => {
  it("is where node-llama-cpp puts models, unless it is set", () => {
    expect(modelsDirectoryOf({ modelsDirectory: undefined })).toBe(join(homedir(), ".node-llama-cpp", "models"));
    expect(modelsDirectoryOf({ modelsDirectory: "~/ai" })).toBe(join(homedir(), "ai"));
    expect(modelsDirectoryOf({ modelsDirectory: "ai" })).toBe(join(process.cwd(), "ai"));
  });
});
