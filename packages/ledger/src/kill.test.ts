import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describeWith, SERVICES, SeverableProxy } from "@llmux/test-support";
import { Pool } from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { postgresLedger } from "./postgres.js";
import { openLedger } from "./sqlite.js";
import { Killable } from "./testing/killable.js";
import { allRows } from "./testing/rows.js";

const folder = mkdtempSync(join(tmpdir(), "llmux-kill-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every call that was seen is there, and none is there twice. */
function complete(sessions: readonly (string | undefined)[], seen: readonly string[]): void {
  const kept = new Set(sessions);
  expect(seen.filter((call) => !kept.has(call))).toEqual([]);
  expect(kept.size).toBe(sessions.length);
}

/** Some moment after it has begun: so many answers seen, and a random part of the next ones. */
const someAnswers = (): number => 1 + Math.floor(Math.random() * 60);

describe("a process that is killed", () => {
  it("has in its file every call that it had seen the answer of, 20 times over", async () => {
    const path = join(folder, "killed.sqlite");
    const seen: string[] = [];
    for (let kill = 0; kill < 20; kill++) {
      const child = new Killable([`run${kill}`, "sqlite", path]);
      await child.until(someAnswers());
      seen.push(...(await child.kill()));
      await using ledger = openLedger({ path });
      complete(
        (await allRows(ledger)).map(({ session }) => session),
        seen,
      );
    }
    expect(seen.length).toBeGreaterThan(20);
    using db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  });

  it("leaves another that writes the same file undisturbed, and both have all their calls", async () => {
    const path = join(folder, "shared.sqlite");
    // Begun at the same time, so that both find no file.
    const [victim, witness] = [new Killable(["victim", "sqlite", path]), new Killable(["witness", "sqlite", path])];
    await Promise.all([victim.until(100), witness.until(100)]);
    const seen = await victim.kill();
    await witness.until(witness.seen.length + 100);
    seen.push(...(await witness.kill()));
    await using ledger = openLedger({ path });
    complete(
      (await allRows(ledger)).map(({ session }) => session),
      seen,
    );
    expect(witness.errors).toBe("");
    const spend = await ledger.spend({ by: ["key"] });
    expect(spend.map(({ key }) => key)).toEqual(["victim", "witness"]);
  });
});

await describeWith(["postgres"], "a process that is killed, with PostgreSQL", () => {
  const prefix = `ledger_kill_${randomBytes(6).toString("hex")}`;
  const pool = new Pool({ connectionString: SERVICES.postgres, max: 2 });
  afterAll(async () => {
    for (const name of ["a", "b"])
      await pool.query(`DROP TABLE IF EXISTS ${prefix}_${name}, ${prefix}_${name}_version`);
    await pool.end();
  });
  const env = { CALLING_POSTGRES: SERVICES.postgres };

  it("has every call that it had seen the answer of, and so has another beside it", async () => {
    const table = `${prefix}_a`;
    const witness = new Killable(["witness", "postgres", table], env);
    const seen: string[] = [];
    for (let kill = 0; kill < 5; kill++) {
      const victim = new Killable([`victim${kill}`, "postgres", table], env);
      await victim.until(someAnswers());
      seen.push(...(await victim.kill()));
    }
    await witness.until(witness.seen.length + 50);
    seen.push(...(await witness.kill()));
    complete(
      (await allRows(postgresLedger({ pool, table }))).map(({ session }) => session),
      seen,
    );
    expect(witness.errors).toBe("");
  });

  it("has them in its spill where the database was away, for the next process to write", async () => {
    const table = `${prefix}_b`;
    const spill = join(folder, "spill.sqlite");
    await using proxy = await SeverableProxy.to(SERVICES.postgres);
    const child = new Killable(["spilling", "postgres", table, spill], { CALLING_POSTGRES: proxy.url });
    await child.until(50);
    await proxy.sever();
    await child.until(child.seen.length + 100);
    const seen = await child.kill();
    await using file = openLedger({ path: spill });
    expect((await allRows(file)).length).toBeGreaterThanOrEqual(50);
    const next = postgresLedger({ pool, table, spill: file });
    await next.close();
    expect(await allRows(file)).toEqual([]);
    complete(
      (await allRows(next)).map(({ session }) => session),
      seen,
    );
    expect(child.errors).toBe("");
  });
});
