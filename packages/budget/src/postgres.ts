export type { PostgresAnswer, PostgresClient, PostgresPool, PostgresQuery } from "./postgres-pool.js";
export { type PostgresStoreOptions, postgresStore } from "./postgres-store.js";
