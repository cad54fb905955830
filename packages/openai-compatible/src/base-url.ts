import type { HostRow } from "./host-row.js";

type Settings = Readonly<Record<string, unknown>>;

/** A host's base URL: the one that was given, cleaned, or the row's with its settings filled in. `undefined` where a setting lacks. */
export function baseURLOf(row: HostRow, given: string | undefined, settings: Settings): string | undefined {
  if (given !== undefined) return clean(row, given);
  let complete = row.baseURL;
  for (const [name, setting] of Object.entries(row.settings ?? {})) {
    const value = settings[name] ?? setting.default;
    if (typeof value !== "string") return undefined;
    complete = complete?.replace(`{${name}}`, value.replace(/^https?:\/\//i, "").replace(/\/+$/, ""));
  }
  return complete;
}

/** A URL may be that of an operation, copied from an example, or lack the path that all of its kind have. */
function clean({ samePath, baseURL = "" }: HostRow, given: string): string {
  const url = given.replace(/\/+$/, "").replace(/\/(chat\/completions|completions|embeddings|responses|models)$/, "");
  if (!samePath || !URL.canParse(url) || new URL(url).pathname !== "/") return url;
  return url + baseURL.replace(/^https?:\/\/[^/]+/, "");
}
