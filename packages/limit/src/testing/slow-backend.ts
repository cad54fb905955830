import type { GenerateRequest, LLMBackend } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";

/**
 * Tells when each call began and how many were under way at most. A call takes as long as its request's `seed` says, in milliseconds, and as many tokens
 * as its text begins with.
 */
export class SlowBackend {
  readonly begun: { at: number; key: string | undefined; text: string }[] = [];
  underWay = 0;
  most = 0;

  readonly backend: LLMBackend = mockBackend(async ({ messages, seed = 0, context, signal }) => {
    this.begun.push({ at: performance.now(), key: context?.key, text: String(messages[0]?.content) });
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    try {
      if (seed > 0)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, seed);
          signal?.addEventListener("abort", () => {
            clearTimeout(timer);
            resolve();
          });
        });
    } finally {
      this.underWay -= 1;
    }
    const total = Number.parseInt(String(messages[0]?.content), 10) || undefined;
    const usage = {
      inputTokens: { total, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, reasoning: undefined },
    };
    return { text: "Hello", usage };
  });

  get keys(): (string | undefined)[] {
    return this.begun.map(({ key }) => key);
  }
}

export function ask(text: string, more: Partial<GenerateRequest> = {}): GenerateRequest {
  return { model: "m", messages: [{ role: "user", content: text }], ...more };
}
