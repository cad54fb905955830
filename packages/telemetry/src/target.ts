import { providerName } from "./provider-names.js";
import { redactKeys } from "./redactor.js";

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
  return {
    provider: providerName(slash > 0 ? model!.slice(0, slash) : backend),
    model: model === undefined ? undefined : redactKeys(model.slice(slash + 1)),
  };
}
