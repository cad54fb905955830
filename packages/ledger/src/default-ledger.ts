import type { Ledger } from "./ledger.js";

let shared: Promise<Ledger> | undefined;

/** The ledger of a program that names none: one for all of its backends, opened when it is first needed. */
export function defaultLedger(): Promise<Ledger> {
  shared ??= import("./sqlite.js").then(({ openLedger }) => openLedger());
  shared.catch(() => {
    shared = undefined;
  });
  return shared;
}
