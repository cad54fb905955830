import type { AdapterBackend, AdapterEvent } from "@llmux/core/adapter";
import type { Settings } from "./config.js";
import { EventQueue } from "./event-queue.js";
import { Runtime } from "./runtime.js";

/** The backend that computes by itself. */
export function createLlamaCppBackend(settings: Settings): AdapterBackend {
  const runtime = new Runtime(settings);
  return {
    async generate(request, context) {
      const { chat } = await import("./chat.js");
      const events: AdapterEvent[] = [];
      await chat(runtime, request, context, (batch) => events.push(...batch));
      const { resultOf } = await import("./result-of.js");
      return resultOf(events);
    },

    async *stream(request, context) {
      const { chat } = await import("./chat.js");
      const queue = new EventQueue<AdapterEvent>();
      // Leaving the loop fires the signal, which ends the computing.
      chat(runtime, request, context, (batch) => queue.push(batch)).then(
        () => queue.end(),
        (error: unknown) => queue.fail(error),
      );
      yield* queue;
    },

    embed: async (request, context) => (await import("./embed.js")).embed(runtime, request, context),
    rerank: async (request, context) => (await import("./rerank.js")).rerank(runtime, request, context),
    listModels: async () => (await import("./list-models.js")).listModels(settings),
    countTokens: async (request, context) => (await import("./chat.js")).countTokens(runtime, request, context),
    toError: async (error) => (await import("./errors.js")).engineFailure(error),
  };
}
