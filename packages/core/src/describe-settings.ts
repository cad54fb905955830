import type { ResolvedSetting } from "./adapter-definition.js";
import { mask } from "./mask.js";
import type { Setting } from "./read-settings.js";

/** Settings as they may be shown: with secrets masked. Loaded when somebody asks for them. */
export function describeSettings(settings: readonly Setting[]): ResolvedSetting[] {
  return settings.map(({ value, secret = false, ...setting }) => {
    const text = typeof value === "string" ? value : value === undefined ? undefined : "(given)";
    return { ...setting, secret, value: typeof value === "string" && secret ? mask(value) : text };
  });
}
