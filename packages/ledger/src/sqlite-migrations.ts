/**
 * What makes a file of one version into one of the next, the first into what an empty file is. Only ever added to: files that are out there were made by
 * these very statements.
 */
export const SQLITE_MIGRATIONS: readonly string[] = [
  `CREATE TABLE calls (
    started_at INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT,
    user_id TEXT,
    tags TEXT NOT NULL,
    session TEXT,
    provider TEXT,
    model TEXT,
    response_model TEXT,
    input_tokens INTEGER,
    cache_read_tokens INTEGER,
    cache_write_tokens INTEGER,
    output_tokens INTEGER,
    reasoning_tokens INTEGER,
    usage_estimated INTEGER NOT NULL,
    cost REAL,
    cost_source TEXT,
    cached INTEGER NOT NULL,
    latency REAL NOT NULL,
    time_to_first_token REAL,
    attempts INTEGER,
    outcome TEXT NOT NULL,
    finish_reason TEXT,
    request_id TEXT,
    status INTEGER,
    PRIMARY KEY (started_at, id)
  )`,
];
