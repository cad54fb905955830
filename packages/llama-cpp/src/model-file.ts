import { open, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { LLMError } from "@llmux/core/adapter";
import type { Settings } from "./config.js";

/** Where `npx node-llama-cpp pull` puts models: https://node-llama-cpp.withcat.ai/cli/pull */
const DEFAULT_DIRECTORY = [".node-llama-cpp", "models"];

/** The directory that models are looked up in, absolute. */
export function modelsDirectoryOf({ modelsDirectory }: Pick<Settings, "modelsDirectory">): string {
  return modelsDirectory === undefined ? join(homedir(), ...DEFAULT_DIRECTORY) : resolve(expandHome(modelsDirectory));
}

/**
 * The file that a model name means: a path (absolute, or from `./`, `../` or `~/`), a name in the models directory with or without
 * `.gguf`, or a path from the working directory that ends in `.gguf`.
 *
 * @throws LLMError `not-found` that says where it looked (and that for a file outside, where only the models directory is allowed),
 * `invalid-request` for what is no GGUF file
 */
export async function findModelFile(model: string, settings: Settings): Promise<string> {
  const directory = modelsDirectoryOf(settings);
  const places = placesOf(model, directory);
  for (const place of places) {
    const found = await stat(place).catch(() => undefined);
    if (!found?.isFile()) continue;
    const path = await realpath(place);
    // As if there were none: whether there is one is none of the caller's business.
    if (settings.confined && !(await isInside(path, directory))) continue;
    await checkHead(path, model);
    return path;
  }
  // Where callers are confined, paths of this machine are none of their business.
  const where = settings.confined ? "" : ` Looked at ${[...new Set(places)].join(", ")}.`;
  const source = /^(hf|https?):/.test(model) ? model : "hf:<user>/<model>:<quantization>";
  throw new LLMError({
    kind: "not-found",
    parameter: "model",
    message:
      `There is no model file "${model}".${where} Nothing is downloaded on its own; to get a model: ` +
      `npx node-llama-cpp pull --dir ${settings.confined ? "<models directory>" : directory} ${source}`,
  });
}

function placesOf(model: string, directory: string): string[] {
  if (isAbsolute(model)) return [model];
  if (/^~[/\\]/.test(model)) return [expandHome(model)];
  if (/^\.{1,2}[/\\]/.test(model)) return [resolve(model)];
  const named = join(directory, model);
  return /\.gguf$/i.test(model) ? [named, resolve(model)] : [named, `${named}.gguf`];
}

const expandHome = (path: string): string => (/^~[/\\]/.test(path) ? join(homedir(), path.slice(2)) : path);

async function isInside(path: string, directory: string): Promise<boolean> {
  const from = relative(await realpath(directory).catch(() => directory), path);
  return from !== "" && from !== ".." && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}

/** The versions of GGUF that llama.cpp reads. */
const VERSIONS = [2, 3];

async function checkHead(path: string, model: string): Promise<void> {
  const head = Buffer.alloc(8);
  const file = await open(path);
  try {
    await file.read(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
  const version = head.readUInt32LE(4);
  let fault: string | undefined;
  if (head.toString("latin1", 0, 4) !== "GGUF") fault = 'it does not begin with "GGUF"';
  else if (!VERSIONS.includes(version))
    fault = `it says that it is of version ${version}; there are ${VERSIONS.join(" and ")}`;
  if (fault === undefined) return;
  throw new LLMError({
    kind: "invalid-request",
    parameter: "model",
    message: `"${model}" is not a GGUF file: ${fault}`,
  });
}
