import { defineMiddleware, everyCall, type LLMBackend, type Wrapped, withTotalTimeout } from "@llmux/core";
import type { CallRequest, LimitedCall } from "./limited-call.js";
import { limitedStream } from "./limited-stream.js";
import { Limiting } from "./limiting.js";
import type { LimitStatus, WithLimitOptions } from "./options.js";
import { settingsOf } from "./settings.js";

/** A backend whose calls are limited. */
export type Limited<B extends LLMBackend> = Wrapped<B> & {
  /** How the limits stand that a call like this would be under; nothing is counted. Default: a `generate` of nobody. */
  status(call?: CallRequest & { kind?: LimitedCall["kind"] | undefined }): Promise<LimitStatus[]>;
};

/**
 * Lets no more calls through than the limits allow, in any stretch of time; the others wait in turn or fail. A request's `timeout.total` spans its
 * wait. Calls fail with `rate-limit` and `code` `llmux.limit` where there is no room in time, with `unsupported` where there never can be.
 *
 * ```ts
 * const llm = withLimit(backend, { limits: [{ requests: 60, tokens: 100_000, per: "key" }, { parallel: 20 }] });
 * ```
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function withLimit<B extends LLMBackend>(backend: B, options: WithLimitOptions): Limited<B> {
  const limiting = new Limiting(backend.provider, settingsOf(options, backend.provider));
  const limited = defineMiddleware({
    ...everyCall(async (request, call, kind) => {
      const entering = limiting.enter(kind, request);
      const pass = entering instanceof Promise ? await entering : entering;
      try {
        const answer = await call(request);
        pass.answered(answer);
        return answer;
      } catch (error) {
        pass.failed(error);
        throw error;
      }
    }),
    stream: (request, next) => limitedStream(limiting, request, next),
  })(backend);
  const status = ({ kind = "generate", ...request }: CallRequest & { kind?: LimitedCall["kind"] | undefined } = {}) =>
    limiting.status(kind, request);
  const timed = withTotalTimeout(limited, undefined) as LLMBackend as Wrapped<B>;
  return Object.assign(timed, { status });
}
