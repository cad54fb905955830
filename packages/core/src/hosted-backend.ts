import type { LLMBackend } from "./backend.js";
import type { Host } from "./hosted-call.js";
import { HostedStream } from "./hosted-stream.js";
import { OPTIONAL_CALLS } from "./optional-calls.js";

/** Kept, for the loader takes its time even over a module that it has. */
let calls: Promise<typeof import("./hosted-whole-calls.js")> | undefined;

/** The `LLMBackend` around an adapter's translation. */
export function hostBackend(host: Host): LLMBackend {
  const hosted: Omit<LLMBackend, "generate"> & Partial<LLMBackend> = {
    provider: host.id,
    stream: (request) => new HostedStream(host, request),
  };
  for (const name of ["generate", ...OPTIONAL_CALLS] as const) {
    if (!host.backend[name]) continue;
    const call = async (request: object = {}): Promise<unknown> => {
      calls ??= import("./hosted-whole-calls.js");
      return (await calls).wholeCall(host, name, request);
    };
    hosted[name] = call as never;
  }
  return hosted as LLMBackend;
}
