import { providerName } from "./provider-names.js";

/** Whom a call goes to, by what is known at its beginning. */
export interface Target {
  /** Value of `gen_ai.provider.name`. */
  provider: string;
  /** Without prefix. */
  model: string | undefined;
}

/** What a router over several adapters is called. */
const ROUTER = "llmux";

/**
 * Before the call only the backend's own name and the model are there. A router's says nothing, and the prefix of the model does; any
 * other backend's models may hold a slash of their own.
 */
export function targetOf(backend: string, model: string | undefined): Target {
  const slash = backend === ROUTER && model !== undefined ? model.indexOf("/") : -1;
  return slash > 0
    ? { provider: providerName(model!.slice(0, slash)), model: model!.slice(slash + 1) }
    : { provider: providerName(backend), model };
}
