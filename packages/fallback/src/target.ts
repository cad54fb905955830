import type { CallOptions, GenerateRequest, LLMBackend } from "@llmux/core";
import { invalidOption } from "@llmux/core";
import type { Fallback, FallbackPlace, FallbackTarget } from "./options.js";

export type CallRequest = CallOptions & { model?: string | undefined };

/** A fallback, checked. What a call begins with is {@link FIRST}. */
export type Target = FallbackTarget;

/** The backend that the policy stands around, asked just what the caller asked. */
export const FIRST: Target = {};

/** @throws LLMError `invalid-request` naming the entry */
export function toTarget(fallback: Fallback, parameter: string): Target {
  if (typeof fallback === "string" && fallback !== "") return { model: fallback };
  if (typeof fallback !== "object" || fallback === null)
    throw invalidOption(parameter, "must be the name of a model or an object with a backend or a model", fallback);
  const { backend, model, request, continueWith } = fallback;
  if (backend === undefined && model === undefined)
    throw invalidOption(parameter, "must have a backend or a model", fallback);
  if (backend !== undefined && (typeof backend?.generate !== "function" || typeof backend.stream !== "function"))
    throw invalidOption(`${parameter}.backend`, "must be a backend", backend);
  if (model !== undefined && (typeof model !== "string" || model === ""))
    throw invalidOption(`${parameter}.model`, "must be the name of a model", model === "" ? "an empty one" : model);
  for (const [name, hook] of Object.entries({ request, continueWith }))
    if (hook !== undefined && typeof hook !== "function")
      throw invalidOption(`${parameter}.${name}`, "must be a function", hook);
  return { backend, model, request, continueWith };
}

/** Whether it is what a call begins with: a model of the same backend that the caller named already. */
export function isFirst(target: Target, { model }: CallRequest): boolean {
  return target.backend === undefined && target.request === undefined && (target.model ?? model) === model;
}

/** The request as a target gets it. */
export function requestTo<R extends CallRequest>(target: Target, request: R): R {
  const { model, request: change } = target;
  const named = model === undefined ? request : { ...request, model };
  return change && "messages" in named ? (change(named as R & GenerateRequest) as CallRequest as R) : named;
}

/** A target in the words of a notice: known before it has answered. */
export function placeOf(target: Target, { model }: CallRequest, around: LLMBackend): FallbackPlace {
  return { provider: (target.backend ?? around).provider, model: target.model ?? model };
}
