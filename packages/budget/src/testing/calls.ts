import type { GenerateRequest, LLMBackend, PolicyContext, PriceCall, StreamEvent, Usage } from "@llmux/core";

/** A dollar for a thousand tokens of input, two for a thousand of output. */
export const dollars: PriceCall = ({ usage }) => {
  const { total: input } = usage.inputTokens;
  const output = "outputTokens" in usage ? usage.outputTokens.total : 0;
  if (input === undefined || output === undefined) return undefined;
  return { total: (input + 2 * output) / 1000, source: "own" };
};

export function usageOf(input: number | undefined, output: number | undefined): Usage {
  return {
    inputTokens: { total: input, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: output, reasoning: undefined },
  };
}

/** 100 tokens of input by the estimate: 396 bytes and what a message takes. At most 200 of output: half a dollar by {@link dollars}. */
export function ask(context: PolicyContext = {}, more: Partial<GenerateRequest> = {}): GenerateRequest {
  return { model: "m", messages: [{ role: "user", content: "x".repeat(384) }], maxTokens: 200, context, ...more };
}

export const START: StreamEvent = { type: "start", provider: "p", model: "m", warnings: [], response: {} };
/** 10 tokens by the estimate. */
export const DELTA: StreamEvent = { type: "text-delta", id: "0", delta: "y".repeat(40) };
export const FINISH: StreamEvent = {
  type: "finish",
  finishReason: { unified: "stop", raw: "stop" },
  usage: usageOf(120, 30),
};

/** A backend whose streams are made of these events, an error thrown in its place, and a function awaited in its; `log` tells what became of them. */
export function scripted(
  ...script: readonly (StreamEvent | Error | (() => Promise<void>))[]
): LLMBackend & { log: string[] } {
  const log: string[] = [];
  return {
    provider: "p",
    log,
    generate: async () => {
      throw new Error("only streams");
    },
    async *stream() {
      log.push("begun");
      try {
        for (const each of script) {
          if (each instanceof Error) throw each;
          if (typeof each === "function") await each();
          else yield each;
        }
      } finally {
        log.push("ended");
      }
    },
  };
}
