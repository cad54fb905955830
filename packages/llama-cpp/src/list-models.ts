import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { ModelInfo } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import type { Settings } from "./config.js";
import { modelsDirectoryOf } from "./model-file.js";

/** The parts of a split model after the first, and what makes a text model see. */
const NOT_A_MODEL = /-(?!0*1-of)\d{5}-of-\d{5}\.gguf$|^mmproj/i;

/**
 * The GGUF files in the models directory and below it, with what their heads say.
 * @throws LLMError `not-found` where there is no such directory
 */
export async function listModels(settings: Settings): Promise<ModelInfo[]> {
  const directory = modelsDirectoryOf(settings);
  let files: string[];
  try {
    files = await readdir(directory, { recursive: true });
  } catch (cause) {
    throw new LLMError({
      kind: "not-found",
      parameter: "modelsDirectory",
      message: `There is no models directory ${directory}. Set LLAMA_CPP_MODELS_DIR, or the option modelsDirectory, to where the GGUF files are`,
      cause,
    });
  }
  const wanted = files.filter((file) => /\.gguf$/i.test(file) && !NOT_A_MODEL.test(file.split(sep).at(-1)!)).sort();
  const models = await Promise.all(wanted.map((file) => describeFile(directory, file)));
  return models.filter((model) => model !== undefined);
}

/** `undefined` for what only has the name of a GGUF file. */
async function describeFile(directory: string, file: string): Promise<ModelInfo | undefined> {
  const path = join(directory, file);
  const { readGgufFileInfo, GgufFileType } = await import("node-llama-cpp");
  try {
    const [{ size, mtime }, info] = await Promise.all([
      stat(path),
      readGgufFileInfo(path, { sourceType: "filesystem", readTensorInfo: false, logWarnings: false }),
    ]);
    const { general } = info.metadata;
    const { context_length: contextWindow } = info.architectureMetadata;
    return {
      id: file.split(sep).join("/"),
      name: general.name,
      createdAt: mtime,
      ...(contextWindow !== undefined && { contextWindow }),
      raw: {
        path,
        size,
        architecture: general.architecture,
        ...(general.file_type !== undefined && { quantization: GgufFileType[general.file_type] }),
      },
    };
  } catch {
    return undefined;
  }
}
