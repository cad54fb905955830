import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { migrateSqlite } from "./migrate-sqlite.node.js";
import { openLedger } from "./sqlite.js";
import { SQLITE_MIGRATIONS } from "./sqlite-migrations.js";
import { ledgerSuite } from "./testing/ledger-suite.js";
import { allRows, row, T0 } from "./testing/rows.js";

const folder = mkdtempSync(join(tmpdir(), "llmux-ledger-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = (): string => join(folder, `${++files}.sqlite`);

describe("a ledger in a file", () => ledgerSuite(async () => openLedger({ path: file() })));
describe("a ledger in memory", () => ledgerSuite(async () => openLedger({ path: ":memory:" })));

describe("openLedger", () => {
  it("makes the folder, and finds the rows again", async () => {
    const path = join(folder, "a/b/c.sqlite");
    const one = row();
    {
      await using ledger = openLedger({ path });
      await ledger.record(one);
    }
    await using again = openLedger({ path });
    expect(await allRows(again)).toEqual([one]);
  });

  it("has no row before it is committed, and those of one turn share a commit", async () => {
    const path = file();
    await using ledger = openLedger({ path });
    using reader = new DatabaseSync(path, { readOnly: true });
    const count = (): unknown => reader.prepare("SELECT COUNT(*) AS n FROM calls").get()!.n;
    const version = (): unknown => reader.prepare("PRAGMA data_version").get()!.data_version;
    const before = version();
    const all = Array.from({ length: 64 }, () => ledger.record(row()));
    expect(count()).toBe(0);
    await all[0];
    expect(count()).toBe(64);
    expect(version()).toBe((before as number) + 1);
  });

  it("keeps the rows while another holds the file, and writes them once", async () => {
    const path = file();
    await using ledger = openLedger({ path, busyTimeout: 0 });
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const one = row();
    await expect(Promise.all([ledger.record(one), ledger.record(row())])).rejects.toMatchObject({ kept: true });
    expect(ledger.waiting).toBe(2);
    other.exec("COMMIT");
    await ledger.close();
    await using again = openLedger({ path });
    expect(await allRows(again)).toHaveLength(2);
  });

  it("removes just the rows that it is told", async () => {
    await using ledger = openLedger({ path: ":memory:" });
    const [one, two] = [row(), row()];
    await Promise.all([ledger.record(one), ledger.record(two)]);
    await ledger.remove([one, row()]);
    expect(await allRows(ledger)).toEqual([two]);
  });

  it("reports on a hundred thousand rows", async () => {
    await using ledger = openLedger({ path: file() });
    for (let at = 0; at < 100_000; at += 10_000)
      await Promise.all(
        Array.from({ length: 10_000 }, (_, index) =>
          ledger.record(row({ startedAt: new Date(T0 + (at + index) * 60_000), key: `team-${index % 7}`, cost: 0.25 })),
        ),
      );
    const spend = await ledger.spend({ by: ["month", "key"] });
    expect(spend.reduce((sum, { calls }) => sum + calls, 0)).toBe(100_000);
    expect(spend.reduce((sum, { cost }) => sum + cost!, 0)).toBe(25_000);
    const [day] = await ledger.spend({ from: new Date(T0), to: new Date(T0 + 86_400_000) });
    expect(day!.calls).toBe(1440);
    const page = await ledger.rows({ order: "desc", limit: 3 });
    expect(page.rows[0]!.startedAt).toEqual(new Date(T0 + 99_999 * 60_000));
  });

  it.each<[string, object]>([
    ["path", { path: "" }],
    ["path", { path: 1 }],
    ["durability", { path: ":memory:", durability: "none" }],
    ["busyTimeout", { path: ":memory:", busyTimeout: -1 }],
    ["maxWaiting", { path: ":memory:", maxWaiting: 0.5 }],
    ["path", { path: "/dev/null/ledger.sqlite" }],
  ])("refuses a senseless %s", (parameter, options) => {
    expect(() => openLedger(options)).toThrow(expect.objectContaining({ kind: "invalid-request", parameter }));
  });

  it("says what is missing where there is no SQLite", () => {
    const found = process.getBuiltinModule;
    process.getBuiltinModule = (() => undefined) as never;
    try {
      expect(() => openLedger({ path: ":memory:" })).toThrow("no node:sqlite");
    } finally {
      process.getBuiltinModule = found;
    }
  });
});

describe("migrations", () => {
  const NEXT = [...SQLITE_MIGRATIONS, "ALTER TABLE calls ADD COLUMN region TEXT", "UPDATE calls SET region = 'eu'"];

  it("bring a file with rows to the newest version, each once", async () => {
    const path = file();
    {
      await using ledger = openLedger({ path });
      await ledger.record(row());
    }
    using db = new DatabaseSync(path);
    migrateSqlite(db, path, NEXT.slice(0, 2));
    migrateSqlite(db, path, NEXT);
    migrateSqlite(db, path, NEXT);
    expect(db.prepare("SELECT model, region FROM calls").all()).toEqual([{ model: "gpt-4o", region: "eu" }]);
  });

  it("leave the file as it was where one fails", async () => {
    const path = file();
    await openLedger({ path }).close();
    using db = new DatabaseSync(path);
    expect(() => migrateSqlite(db, path, [...NEXT, "ALTER TABLE nothing ADD COLUMN x"])).toThrow("nothing");
    await openLedger({ path }).close();
  });

  it("are not made by a package that is older than the file", async () => {
    const path = file();
    await openLedger({ path }).close();
    {
      using db = new DatabaseSync(path);
      migrateSqlite(db, path, NEXT);
    }
    expect(() => openLedger({ path })).toThrow(
      /ledger of version 3, and this @llmux\/ledger knows 1 at most: update it/,
    );
  });

  it("spare a database of something else", () => {
    const path = file();
    {
      using db = new DatabaseSync(path);
      db.exec("CREATE TABLE calls (phone TEXT)");
    }
    expect(() => openLedger({ path })).toThrow("a database of something else");
  });
});
