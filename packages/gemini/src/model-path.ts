import { LLMError } from "@llmux/core/adapter";

/**
 * A model's place in the API. Names of resources (`models/…`, `tunedModels/…`, `publishers/…`, `projects/…`, `endpoints/…`) stand as they
 * are; on Vertex AI `meta/llama-…` is a publisher's model, and a bare number is an endpoint.
 * @throws LLMError `invalid-request` for a name with a `..` in it
 */
export function modelPath(model: string, vertex: boolean): string {
  const path = model.split("/").map(segment).join("/");
  if (!vertex) return /^(models|tunedModels)\//.test(path) ? path : `models/${path}`;
  if (/^(publishers|projects|models|endpoints)\//.test(path)) return path;
  if (/^\d+$/.test(path)) return `endpoints/${path}`;
  const [publisher, ...rest] = path.split("/");
  return rest.length > 0 ? `publishers/${publisher}/models/${rest.join("/")}` : `publishers/google/models/${path}`;
}

/** A name comes from whoever calls: it must not lead out of its place, nor become a query. */
function segment(text: string): string {
  if (text !== "." && text !== "..") return encodeURIComponent(text).replaceAll("%40", "@");
  throw new LLMError({
    kind: "invalid-request",
    parameter: "model",
    message: `model: no model has "${text}" in its name`,
  });
}
