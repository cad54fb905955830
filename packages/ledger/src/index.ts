export { callId } from "./call-id.js";
export type { CallKind, CallOutcome, CallRow } from "./call-row.js";
export type { ExportQuery } from "./export.js";
export { type Ledger, LedgerWriteError } from "./ledger.js";
export type { LedgerFailure, WithLedgerOptions } from "./ledger-options.js";
export type { CallFilter, CallQuery, RowsPage, RowsQuery } from "./queries.js";
export type { Spend, SpendGroup, SpendQuery, SpendSums } from "./spend.js";
export { withLedger } from "./with-ledger.js";
