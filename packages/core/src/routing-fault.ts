import { candidates, hasPrefix } from "./candidates.js";
import { LLMError } from "./errors.js";
import { type AdapterName, splitModel } from "./model-name.js";
import { nearestPrefix } from "./nearest-prefix.js";

/** Why a model name leads to no adapter, or not to one alone. Loaded when it does not. */
export async function routingFault(known: readonly AdapterName[], name: string | undefined): Promise<LLMError> {
  const fault = (kind: "not-found" | "invalid-request", message: string): LLMError =>
    new LLMError({ kind, parameter: "model", message });
  if (typeof name !== "string" || name.trim() === "") {
    return fault(
      "invalid-request",
      "no model was named: set the request's model, or a default (model and embeddingModel of createLLM, LLM_MODEL and LLM_EMBEDDING_MODEL of fromEnv)",
    );
  }
  const { adapters } = candidates(known, name);
  if (adapters.length > 1) {
    const { prefix } = splitModel(name);
    if (prefix !== undefined) {
      const ids = adapters.map(({ id }) => id).join(" and ");
      return fault("invalid-request", `Several adapters have the prefix "${prefix}" of "${name}": ${ids}`);
    }
    const names = adapters.map(({ id }) => `${id}/${name}`).join(" or ");
    return fault("not-found", `"${name}" is claimed by several adapters: say ${names}`);
  }
  if (adapters.length === 1) return fault("invalid-request", `"${name}" names no model after its prefix`);
  const { prefix } = splitModel(name);
  const asPrefix = known.some((adapter) => hasPrefix(adapter, name));
  if (asPrefix) return fault("invalid-request", `"${name}" names no model after its prefix: say ${name}/<model>`);
  if (name.startsWith("/")) return fault("invalid-request", `"${name}" is not of the form prefix/model`);
  const here = known.map(({ id }) => id).join(", ") || "none";
  const near = prefix && (await nearestPrefix(prefix, known));
  return fault(
    "not-found",
    prefix
      ? `No adapter has the prefix "${prefix}" of "${name}"${near ? `; did you mean "${near}"?` : ""} (adapters here: ${here})`
      : `No adapter claims the bare model name "${name}": say ${known.length === 1 ? here : "prefix"}/${name} (adapters here: ${here})`,
  );
}
