/**
 * What makes tables of one version into those of the next, the first into what an empty database is. Only ever added to: tables that are out there were made
 * by these very statements. Each must leave the tables such that the version before can go on writing: processes of both run side by side while a
 * new one is rolled out.
 */
export function postgresMigrations(table: string): readonly string[] {
  // Byte by byte, as SQLite has it: rows and groups are in the same order in both.
  const text = 'text COLLATE "C"';
  return [
    `CREATE TABLE ${table} (
      started_at timestamptz NOT NULL,
      id ${text} NOT NULL,
      kind ${text} NOT NULL,
      key ${text},
      user_id ${text},
      tags jsonb NOT NULL,
      session ${text},
      provider ${text},
      model ${text},
      response_model ${text},
      input_tokens bigint,
      cache_read_tokens bigint,
      cache_write_tokens bigint,
      output_tokens bigint,
      reasoning_tokens bigint,
      usage_estimated boolean NOT NULL,
      cost double precision,
      cost_source ${text},
      cached boolean NOT NULL,
      latency double precision NOT NULL,
      time_to_first_token double precision,
      attempts bigint,
      outcome ${text} NOT NULL,
      finish_reason ${text},
      request_id ${text},
      status bigint,
      PRIMARY KEY (started_at, id)
    )`,
  ];
}
