import { type RateLimits, type RateLimitWindow, rateLimitsFrom } from "@llmux/core";

type Headers = Readonly<Record<string, string>>;

/** What is left of a deployment's rate limits, from the headers of its last answer and what has happened since. */
export class Remaining {
  #headers: Headers | undefined;
  #limits: RateLimits | undefined;
  #at = 0;
  #begun = 0;

  /** Headers are read only when somebody asks: most strategies never do. */
  answered(headers: Headers, now: number, inFlight: number): void {
    this.#headers = headers;
    this.#at = now;
    // What is under way may not be in the provider's count yet.
    this.#begun = inFlight;
  }

  begin(): void {
    this.#begun += 1;
  }

  /** From 0 to 1; `undefined` where no answer had such headers. */
  share(now: number): number | undefined {
    if (this.#headers) {
      const read = rateLimitsFrom(this.#headers);
      // A reset that is a date was turned into milliseconds from now, not from when the headers came.
      if (read) this.#limits = sinceThen(read, this.#headers, now - this.#at);
      this.#headers = undefined;
    }
    if (!this.#limits) return undefined;
    const { requests, tokens, inputTokens, outputTokens } = this.#limits;
    const age = now - this.#at;
    return Math.min(
      shareOf(requests, age, this.#begun),
      shareOf(tokens, age, 0),
      shareOf(inputTokens, age, 0),
      shareOf(outputTokens, age, 0),
    );
  }
}

function shareOf(window: RateLimitWindow | undefined, age: number, begun: number): number {
  if (window?.remaining === undefined) return 1;
  const { remaining, resetAfter = 60_000 } = window;
  const limit = window.limit ?? remaining;
  if (limit <= 0) return 0;
  // Providers refill steadily: what is missing comes back in proportion to the time until all is there.
  const refilled = resetAfter > 0 ? Math.min(1, age / resetAfter) : 1;
  const left = remaining + (limit - remaining) * refilled - begun * (1 - refilled);
  return Math.max(0, Math.min(1, left / limit));
}

function sinceThen(limits: RateLimits, headers: Headers, late: number): RateLimits {
  if (late <= 0) return limits;
  const dated = Object.keys(headers).some((name) => name.startsWith("anthropic-ratelimit-"));
  if (!dated) return limits;
  const moved = Object.entries(limits).map(([name, window]) => [
    name,
    window?.resetAfter === undefined ? window : { ...window, resetAfter: window.resetAfter + late },
  ]);
  return Object.fromEntries(moved) as RateLimits;
}
