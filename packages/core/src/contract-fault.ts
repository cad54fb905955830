import type { Adapter } from "./adapter-definition.js";
import { CONTRACT } from "./contract.js";
import { LLMError } from "./errors.js";
import { VERSION } from "./version.js";

/** The first contract whose adapters still work. */
const OLDEST = 1;

/** The package that an adapter came from. */
export interface AdapterPackage {
  name: string;
  /** The range of `@llmux/core` that it asks for, where it can be found out. */
  core: string | undefined;
}

/** Why an adapter that was written for another contract can't be used; `undefined` where it can. Loaded late. */
export function contractFault({ id, contract = 1 }: Adapter, from?: AdapterPackage): LLMError | undefined {
  if (contract >= OLDEST && contract <= CONTRACT) return undefined;
  const who = from ? `${from.name} was` : `the adapter "${id}" was`;
  const range = from?.core === undefined ? "" : ` (${from.core})`;
  const newer = contract > CONTRACT;
  const known = newer ? `knows ${CONTRACT} at most` : `knows ${OLDEST} at least`;
  const name = from?.name ?? "the adapter";
  const newCore = `npm install @llmux/core@${quoted(from?.core ?? "latest")}, or an older version of ${name}`;
  const advice = newer ? newCore : from ? `npm install ${name}@latest` : "install a newer version of the adapter";
  return new LLMError({
    kind: "invalid-request",
    provider: id,
    parameter: "model",
    message: `${who} made for contract ${contract} of @llmux/core${range}; this is @llmux/core ${VERSION}, which ${known}: ${advice}`,
  });
}

/** What is to be added to the error about a package that could not be imported because it wants more of core, or other things. */
export function importAdvice(error: unknown, { name, core }: AdapterPackage): string {
  if (core === undefined || !String(error).includes("@llmux/core")) return "";
  return `; ${name} was made for @llmux/core ${core}, this is ${VERSION}: npm install @llmux/core@${quoted(core)}, or another version of ${name}`;
}

/** A range as a shell takes it. */
function quoted(range: string): string {
  return /^[\w.^~-]+$/.test(range) ? range : `"${range}"`;
}
