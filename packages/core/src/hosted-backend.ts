import type { LLMBackend } from "./backend.js";
import { type Host, HostedCall } from "./hosted-call.js";
import { HostedStream } from "./hosted-stream.js";
import { normalizeRequest } from "./normalize-request.js";
import { OPTIONAL_CALLS } from "./optional-calls.js";

/** Kept, for the loader takes its time even over a module that it has. */
let completing: Promise<typeof import("./complete-result.js")> | undefined;

/** The `LLMBackend` around an adapter's translation. */
export function hostBackend(host: Host): LLMBackend {
  const { id: provider, backend } = host;
  const hosted: LLMBackend = {
    provider,
    generate: (request) =>
      new HostedCall(host, request).run(async (call) => {
        const result = await backend.generate(await normalizeRequest(request, provider), call);
        completing ??= import("./complete-result.js");
        return (await completing).completeResult(result, call, request.output);
      }),
    stream: (request) => new HostedStream(host, request),
  };
  for (const name of OPTIONAL_CALLS) {
    if (!backend[name]) continue;
    const call = async (request: object = {}): Promise<unknown> =>
      (await import("./hosted-other-calls.js")).otherCall(host, name, request);
    hosted[name] = call as never;
  }
  return hosted;
}
