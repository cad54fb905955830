import { LLMError } from "@llmux/core/adapter";
import { checkNumbers } from "./check-numbers.js";
import type { LoadOptions } from "./options.js";

/**
 * Fields that are left out are read from the environment: `modelsDirectory` from `LLAMA_CPP_MODELS_DIR`, `contextSize` from
 * `LLAMA_CPP_CONTEXT_SIZE`, `gpu` from `LLAMA_CPP_GPU`, `threads` from `LLAMA_CPP_THREADS`.
 */
export interface LlamaCppConfig extends Omit<LoadOptions, "contextSize" | "threads"> {
  /** Where models are that are given by name. Default `~/.node-llama-cpp/models`, where `npx node-llama-cpp pull` puts them. */
  modelsDirectory?: string | undefined;
  /** Take only models in the models directory, and no options of loading from requests: for servers whose callers name the model. */
  confined?: boolean | undefined;
  /** As in {@link LoadOptions}; digits or `auto` as text count too. */
  contextSize?: LoadOptions["contextSize"] | string;
  /** What computes. Default `"auto"`: the best GPU there is, or else the CPU; `false` or `"cpu"`: the CPU. */
  gpu?: "auto" | "cuda" | "vulkan" | "metal" | "cpu" | false | undefined;
  /** As in {@link LoadOptions}; digits as text count too. */
  threads?: LoadOptions["threads"] | string;
  /** Calls that one model answers at once; the others wait for their turn. Each takes memory for a context of its own. Default 1. */
  parallel?: number | undefined;
  /** Models kept in memory. One more unloads the one that was used longest ago. Default 3. */
  maxModels?: number | undefined;
  /** A ready `Llama` from `getLlama` of node-llama-cpp. `gpu` and `logger` are then its own. */
  llama?: object | undefined;
  /** Gets llama.cpp's log; `level` is `fatal`, `error`, `warn`, `info`, `log` or `debug`. Default: nobody. */
  logger?: ((level: string, message: string) => void) | undefined;
}

/** The configuration with what is text in the environment read. */
export interface Settings extends LoadOptions {
  modelsDirectory: string | undefined;
  confined: boolean;
  gpu: "auto" | "cuda" | "vulkan" | "metal" | false;
  parallel: number;
  maxModels: number;
  llama: LlamaCppConfig["llama"];
  logger: LlamaCppConfig["logger"];
}

const GPUS: readonly unknown[] = ["auto", "cuda", "vulkan", "metal", false];

/** @throws LLMError `invalid-request` that names the option that makes no sense */
export function readConfig(config: LlamaCppConfig): Settings {
  const { gpu: gpuText, contextSize, threads, parallel = 1, maxModels = 3, confined = false, ...rest } = config;
  const gpu = gpuText === "cpu" || (gpuText as unknown) === "false" ? false : (gpuText ?? "auto");
  if (!GPUS.includes(gpu)) throw wrong("gpu", gpu, "auto, cuda, vulkan, metal or cpu");
  const settings: Settings = {
    ...rest,
    modelsDirectory: rest.modelsDirectory,
    llama: rest.llama,
    logger: rest.logger,
    gpu,
    confined,
    parallel: count("parallel", parallel, 1),
    maxModels: count("maxModels", maxModels, 1),
  };
  if (contextSize !== undefined)
    settings.contextSize =
      contextSize === "auto" || typeof contextSize === "object"
        ? (contextSize as LoadOptions["contextSize"])
        : count("contextSize", contextSize, 1);
  if (threads !== undefined) settings.threads = typeof threads === "object" ? threads : count("threads", threads, 1);
  checkNumbers(settings, "");
  return settings;
}

function count(field: string, value: number | string, least: number): number {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < least)
    throw wrong(field, value, `a whole number from ${least}`);
  return number;
}

function wrong(field: string, value: unknown, expected: string): LLMError {
  return new LLMError({
    kind: "invalid-request",
    parameter: field,
    message: `llama.cpp is not configured: ${field} is ${JSON.stringify(value)}; expected ${expected}`,
  });
}
