import { availableParallelism } from "node:os";
import { LLMError } from "@llmux/core/adapter";
import type { Llama, LlamaLogLevel } from "node-llama-cpp";
import type { Settings } from "./config.js";

export type Sdk = typeof import("node-llama-cpp");

export interface Engine {
  readonly sdk: Sdk;
  readonly llama: Llama;
}

type Listener = (level: LlamaLogLevel, message: string) => void;

/**
 * llama.cpp itself: one for each kind of device, for as long as the process lives. It is small beside a model, and of a second one made
 * after a first the log would go to the terminal.
 */
const engines = new Map<Settings["gpu"], Promise<Engine>>();
const listeners = new Set<Listener>();

/** @throws LLMError `server` where there is no binary that works here */
export function engineFor({ gpu, llama, logger }: Pick<Settings, "gpu" | "llama" | "logger">): Promise<Engine> {
  if (llama) return import("node-llama-cpp").then((sdk) => ({ sdk, llama: llama as Llama }));
  let engine = engines.get(gpu);
  if (!engine) {
    engine = start(gpu, engines.size > 0);
    engines.set(gpu, engine);
    engine.catch(() => engines.delete(gpu));
  }
  if (!logger) return engine;
  listeners.add(logger);
  return engine.then((started) => {
    started.llama.logLevel = started.sdk.LlamaLogLevel.info;
    return started;
  });
}

/** Listens to llama.cpp until the function that it gives back is called. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function start(gpu: Settings["gpu"], another: boolean): Promise<Engine> {
  const sdk = await import("node-llama-cpp");
  const { warn, disabled } = sdk.LlamaLogLevel;
  try {
    const llama = await sdk.getLlama({
      gpu,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      logLevel: another ? disabled : warn,
      logger: (level, message) => {
        for (const listener of listeners) listener(level, message);
      },
    });
    // It would take four where there are fewer, and threads that wait for one another on the same core are a hundred times slower.
    llama.maxThreads = Math.min(llama.maxThreads, availableParallelism());
    return { sdk, llama };
  } catch (cause) {
    const { platform, arch } = process;
    throw new LLMError({
      kind: "server",
      retryable: false,
      message:
        `llama.cpp can't run here: ${cause instanceof Error ? cause.message : String(cause)}. Its prebuilt binary for ${platform} ${arch} ` +
        "comes as an optional dependency of node-llama-cpp (@node-llama-cpp/…): was it left out of the install?",
      cause,
    });
  }
}
