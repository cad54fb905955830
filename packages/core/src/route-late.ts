import { candidates } from "./candidates.js";
import { contractFault } from "./contract-fault.js";
import type { GenerateRequest } from "./request.js";
import type { Router, Target } from "./router.js";
import { routingFault } from "./routing-fault.js";
import type { StreamEvent } from "./stream-event.js";
import { deferStream } from "./streams.js";

// Where requests go whose model is a bare name, or leads nowhere, or to an adapter of another time. Loaded with the first of them.

/** @throws LLMError where the name means no adapter, or not one alone */
export async function resolveLate(router: Router, name: string | undefined): Promise<Target> {
  const { model, adapters } = candidates(router.adapters, typeof name === "string" ? name : "");
  const [adapter] = adapters;
  if (adapter && adapters.length === 1 && model !== "") {
    const fault = contractFault(adapter);
    if (fault) throw fault;
    return router.target(adapter, model);
  }
  throw await routingFault(router.adapters, name);
}

export function lateStream(
  router: Router,
  name: string | undefined,
  request: GenerateRequest,
): AsyncIterator<StreamEvent> {
  return deferStream(async () => {
    const { backend, model } = await resolveLate(router, name);
    return backend.stream(router.complete(request, model));
  });
}
