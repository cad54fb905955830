import { invalidOption } from "@llmux/core";
import type { FallbackLists } from "./options.js";
import { type Target, toTarget } from "./target.js";

/** Lists of fallbacks, by the model that a call names. */
export class Lists {
  readonly #byModel = new Map<string, readonly Target[]>();

  /** @throws LLMError `invalid-request` naming the parameter */
  constructor(lists: FallbackLists | undefined, parameter: string) {
    if (lists === undefined) return;
    if (typeof lists !== "object" || lists === null)
      throw invalidOption(parameter, "must be a list, or lists by model", lists);
    if (Array.isArray(lists)) this.#byModel.set("*", targets(lists, parameter));
    else
      for (const [model, list] of Object.entries(lists)) {
        const name = `${parameter}[${JSON.stringify(model)}]`;
        if (!Array.isArray(list)) throw invalidOption(name, "must be a list", list);
        this.#byModel.set(model, targets(list, name));
      }
  }

  /** The list of a model, or that of all. */
  of(model: string | undefined): readonly Target[] | undefined {
    return this.own(model) ?? this.#byModel.get("*");
  }

  /** The list of just this model. */
  own(model: string | undefined): readonly Target[] | undefined {
    return model === undefined || model === "*" ? undefined : this.#byModel.get(model);
  }
}

/** @throws LLMError `invalid-request` naming the entry */
export function targets(list: readonly unknown[], parameter: string): readonly Target[] {
  return list.map((entry, index) => toTarget(entry as never, `${parameter}[${index}]`));
}
