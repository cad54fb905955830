import { type CallOptions, defineMiddleware, everyCall, type LLMBackend, withTimeout } from "@llmux/core";

/** Makes a request's limit on the whole call hold for all tries together, and leaves its other limits to each of them. */
export function spanTotal(backend: LLMBackend): LLMBackend {
  const { provider } = backend;
  return defineMiddleware({
    ...everyCall((request, call) => {
      if (request.timeout?.total === undefined) return call(request);
      const { total, ...each } = request.timeout;
      // To the limit all calls are alike: it stands around one, whatever that asks for.
      const generate = (limited: CallOptions): Promise<unknown> => call({ ...request, ...limited, timeout: each });
      const limited = withTimeout({ provider, generate, stream: backend.stream } as unknown as LLMBackend, { total });
      return limited.generate({ ...request, timeout: undefined } as never) as Promise<never>;
    }),
    stream(request, next) {
      if (request.timeout?.total === undefined) return next.stream(request);
      const { total, ...each } = request.timeout;
      const stream: LLMBackend["stream"] = (limited) => next.stream({ ...limited, timeout: each });
      return withTimeout<LLMBackend>({ provider, generate: next.generate, stream }, { total }).stream({
        ...request,
        timeout: undefined,
      });
    },
  })(backend);
}
