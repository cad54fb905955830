import { LLMError } from "@llmux/core";
import type { PostgresClient, PostgresPool } from "./postgres-pool.js";

/**
 * Brings the tables to the newest version, in one transaction, which others that begin at the same time wait for.
 *
 * @throws LLMError `invalid-request` for tables that are newer
 */
export async function migratePostgres(pool: PostgresPool, table: string, migrations: readonly string[]): Promise<void> {
  const client = await pool.connect();
  let isSound = false;
  try {
    await client.query({ text: "BEGIN" });
    // Also keeps two from making the table of versions at the same time, which IF NOT EXISTS does not.
    await client.query({
      text: "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
      values: [`llmux budget ${table}`],
    });
    const version = await versionOf(client, table);
    if (version > migrations.length)
      throw new LLMError({
        kind: "invalid-request",
        parameter: "table",
        message: `${table} has budgets of version ${version}, and this @llmux/budget knows ${migrations.length} at most: update it`,
      });
    for (const migration of migrations.slice(version)) await client.query({ text: migration });
    if (version < migrations.length) {
      await client.query({ text: `DELETE FROM ${table}_version` });
      await client.query({ text: `INSERT INTO ${table}_version VALUES ($1)`, values: [migrations.length] });
    }
    await client.query({ text: "COMMIT" });
    isSound = true;
  } finally {
    // A connection that is not given back sound is closed, and its transaction with it.
    client.release(!isSound);
  }
}

async function versionOf(client: PostgresClient, table: string): Promise<number> {
  const { rows } = await client.query({
    text: "SELECT to_regclass($1) IS NOT NULL AS known",
    values: [`${table}_version`],
  });
  if (!rows[0]?.known) await client.query({ text: `CREATE TABLE ${table}_version (version integer NOT NULL)` });
  const versions = await client.query({ text: `SELECT version FROM ${table}_version` });
  return Number(versions.rows[0]?.version ?? 0);
}
