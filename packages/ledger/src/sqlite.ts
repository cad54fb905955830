export { DEFAULT_PATH, type OpenLedgerOptions, openLedger, type SqliteLedger } from "./open-ledger.node.js";
