import {
  deferStream,
  defineMiddleware,
  type GenerateRequest,
  type LLMBackend,
  LLMError,
  mapStream,
  type Warning,
  type Wrapped,
} from "@llmux/core";
import { type TrimOptions, trimMessages } from "./trim-messages.js";

export interface WithTrimOptions extends Pick<TrimOptions, "count" | "keep" | "keepSystem"> {
  /**
   * Most tokens of a call, input and output together: of all models, or by the model as the request names it. Where it gives `undefined` the request
   * is left as it is.
   */
  contextWindow: number | ((model: string | undefined) => number | undefined);
  /** Tokens left free for the answer where the request has no `maxTokens`. Default 4096, at most half of the window. */
  reserve?: number | undefined;
}

/**
 * Leaves out the oldest messages of conversations that don't fit the model's context window, with a warning (`truncated`).
 *
 * @throws LLMError `context-window-exceeded`, from the calls, where what must stay doesn't fit; `invalid-request` for options that make no sense
 */
export function withTrim<B extends LLMBackend>(backend: B, options: WithTrimOptions): Wrapped<B> {
  const { contextWindow, reserve = 4096, ...how } = options;
  if (typeof contextWindow !== "function") check("contextWindow", contextWindow, 1);
  check("reserve", reserve, 0);
  const windowOf = typeof contextWindow === "function" ? contextWindow : () => contextWindow;

  const trim = async (request: GenerateRequest): Promise<{ request: GenerateRequest; warning?: Warning }> => {
    const { model, messages, tools, signal } = request;
    const window = windowOf(model);
    if (window === undefined) return { request };
    const maxTokens = window - (request.maxTokens ?? Math.min(reserve, Math.floor(window / 2)));
    if (maxTokens <= 0)
      throw new LLMError({
        kind: "context-window-exceeded",
        parameter: "maxTokens",
        message: `maxTokens leaves nothing of a context window of ${window} tokens for the input`,
      });
    const kept = await trimMessages(messages, { ...how, maxTokens, tools, model, signal });
    if (kept === messages) return { request };
    const message = `${messages.length - kept.length} of ${messages.length} messages were left out to fit a context window of ${window} tokens`;
    return { request: { ...request, messages: kept }, warning: { type: "truncated", parameter: "messages", message } };
  };

  return defineMiddleware({
    async generate(request, next) {
      const { request: shorter, warning } = await trim(request);
      const result = await next.generate(shorter);
      return warning ? { ...result, warnings: [...result.warnings, warning] } : result;
    },
    stream: (request, next) =>
      deferStream(async (left) => {
        const signal = request.signal ? AbortSignal.any([request.signal, left]) : left;
        const { request: trimmed, warning } = await trim({ ...request, signal });
        const stream = next.stream({ ...trimmed, signal: request.signal });
        if (!warning) return stream;
        return mapStream(stream, (event) =>
          event.type === "start" ? { ...event, warnings: [...event.warnings, warning] } : event,
        );
      }),
  })(backend) as LLMBackend as Wrapped<B>;
}

function check(parameter: string, value: number, least: number): void {
  if (!(value >= least))
    throw new LLMError({
      kind: "invalid-request",
      parameter,
      message: `${parameter} must be ${least} or more tokens, not ${value}`,
    });
}
