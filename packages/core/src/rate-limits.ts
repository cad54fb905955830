import { type HeadersLike, headerOf, untilDate } from "./headers.js";

/** One window of a provider's rate limit. */
export interface RateLimitWindow {
  limit?: number | undefined;
  remaining?: number | undefined;
  /** Milliseconds until it is full again. */
  resetAfter?: number | undefined;
}

export interface RateLimits {
  requests?: RateLimitWindow | undefined;
  tokens?: RateLimitWindow | undefined;
  inputTokens?: RateLimitWindow | undefined;
  outputTokens?: RateLimitWindow | undefined;
}

/**
 * Rate-limit headers in the shapes in use: OpenAI's `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` with resets
 * like `6m0s` or `20ms`, the same for the minute under the names of Mistral (`…-req-minute`, `…-tokens-minute`) and Cerebras
 * (`…-requests-minute`), without resets, and Anthropic's `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{…}`
 * with RFC 3339 resets. `undefined` where there are none.
 */
export function rateLimitsFrom(headers: HeadersLike): RateLimits | undefined {
  const of = (anthropic: string, ...others: string[]): RateLimitWindow | undefined => {
    const read = (what: string): string | undefined => {
      const names = others.map((name) => `x-ratelimit-${what}-${name}`);
      for (const name of [...names, `anthropic-ratelimit-${anthropic}-${what}`]) {
        const text = headerOf(headers, name);
        if (text) return text;
      }
      return undefined;
    };
    const limit = toNumber(read("limit"));
    const remaining = toNumber(read("remaining"));
    const resetAfter = toDelay(read("reset"));
    return limit === undefined && remaining === undefined ? undefined : { limit, remaining, resetAfter };
  };
  const result: RateLimits = {
    requests: of("requests", "requests", "req-minute", "requests-minute"),
    tokens: of("tokens", "tokens", "tokens-minute"),
    inputTokens: of("input-tokens"),
    outputTokens: of("output-tokens"),
  };
  return Object.values(result).some(Boolean) ? result : undefined;
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined || text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function toDelay(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  if (parts.length > 0 && parts.map((part) => part[0]).join("") === text) {
    return parts.reduce((sum, part) => sum + Number(part[1]) * (UNITS[part[2] as string] ?? 0), 0);
  }
  return untilDate(text);
}
