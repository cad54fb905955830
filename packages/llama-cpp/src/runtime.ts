import { LLMError } from "@llmux/core/adapter";
import type { Settings } from "./config.js";
import { defined } from "./defined.js";
import { engineFor, listen } from "./engine.js";
import { LoadedModel } from "./loaded-model.js";
import { findModelFile } from "./model-file.js";
import type { LoadOptions } from "./options.js";
import { type Lease, Shelf } from "./shelf.js";
import { loaded } from "./unload.js";

/** Lines of llama.cpp's log that explain a failure. */
const KEPT_LINES = 4;

/** The models that one backend has loaded. */
export class Runtime {
  readonly settings: Settings;
  readonly #models: Shelf<LoadedModel>;
  /** Files are looked up one after the other, so that calls queue up in the order in which they were made. */
  #arrivals: Promise<unknown> = Promise.resolve();

  constructor(settings: Settings) {
    this.settings = settings;
    this.#models = new Shelf(settings.maxModels, (model) => model.dispose());
  }

  /**
   * A model, loaded if it is not yet. Give it back.
   * @throws LLMError `not-found` or `invalid-request` for the file, `server` where llama.cpp can't run
   */
  async model(name: string, options: LoadOptions, signal: AbortSignal): Promise<Lease<LoadedModel>> {
    const found = this.#arrivals.then(() => findModelFile(name, this.settings));
    this.#arrivals = found.catch(() => undefined);
    const path = await found;
    const { gpuLayers, useMmap, useMlock } = { ...this.settings, ...defined(options) };
    const wanted = defined({ gpuLayers, useMmap, useMlock });
    return this.#models.take(JSON.stringify([path, wanted]), () => this.#load(name, path, wanted), signal);
  }

  /** Frees all models, those in use as soon as their calls have ended. The next call loads anew. */
  async unload(): Promise<void> {
    loaded.delete(this);
    await this.#models.clear();
  }

  async #load(name: string, modelPath: string, options: Pick<LoadOptions, "gpuLayers">): Promise<LoadedModel> {
    const { sdk, llama } = await engineFor(this.settings);
    loaded.add(this);
    const complaints: string[] = [];
    const stopListening = listen((level, message) => {
      const { error, fatal } = sdk.LlamaLogLevel;
      if ((level === error || level === fatal) && complaints.length < KEPT_LINES) complaints.push(message.trim());
    });
    try {
      const model = await llama.loadModel({ modelPath, ...defined(options) });
      return new LoadedModel(sdk, llama, model, this.settings);
    } catch (cause) {
      if (cause instanceof sdk.InsufficientMemoryError) throw cause;
      // The log comes by another way than the failure, and may be a round of the event loop behind.
      for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve));
      const said = [cause instanceof Error ? cause.message : String(cause), ...complaints].join("; ");
      throw new LLMError({
        kind: "invalid-request",
        parameter: "model",
        message: `llama.cpp can't load "${name}": ${said}. Is the file whole, and of a kind that llama.cpp knows?`,
        cause,
      });
    } finally {
      stopListening();
    }
  }
}
