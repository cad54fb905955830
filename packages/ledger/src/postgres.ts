export { type PostgresLedgerOptions, postgresLedger } from "./postgres-ledger.js";
export type { PostgresAnswer, PostgresClient, PostgresPool, PostgresQuery } from "./postgres-pool.js";
