import type { DatabaseSync } from "node:sqlite";
import { LLMError } from "@llmux/core";
import { SQLITE_MIGRATIONS } from "./sqlite-migrations.js";

/** In the file's header, so that a file of something else is not taken for a ledger: "llmx". */
const APPLICATION_ID = 0x6c6c6d78;

/**
 * Brings a file to the newest version, in one transaction, which whoever opens it at the same time waits for.
 *
 * @throws LLMError `invalid-request` for a file that is newer, or no ledger
 */
export function migrateSqlite(db: DatabaseSync, path: string, migrations: readonly string[] = SQLITE_MIGRATIONS): void {
  // Most files are up to date, and to see that takes no lock.
  if (versionOf(db, path, migrations) === migrations.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (let version = versionOf(db, path, migrations); version < migrations.length; version++)
      db.exec(migrations[version]!);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(db: DatabaseSync, path: string, migrations: readonly string[]): number {
  const version = pragma(db, "user_version");
  const isLedger = pragma(db, "application_id") === APPLICATION_ID;
  if (!isLedger && (version > 0 || db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get()))
    refuse(`${path} is a database of something else than a ledger`);
  if (version > migrations.length)
    refuse(
      `${path} is a ledger of version ${version}, and this @llmux/ledger knows ${migrations.length} at most: update it`,
    );
  return version;
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function refuse(message: string): never {
  throw new LLMError({ kind: "invalid-request", parameter: "path", message });
}
