/** What of a `Pool` of `pg` is used. */
export interface PostgresPool {
  query(query: PostgresQuery): Promise<PostgresAnswer>;
  connect(): Promise<PostgresClient>;
}

export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresAnswer>;
  release(error?: boolean): void;
}

export interface PostgresQuery {
  text: string;
  values?: unknown[];
}

export interface PostgresAnswer {
  rows: Record<string, unknown>[];
}
