import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, workspaces } from "./workspace.ts";

const typed = workspaces().filter(
  ({ path, isPublic, manifest }) =>
    isPublic && path.startsWith("packages/") && JSON.stringify(manifest.exports ?? {}).includes('"types"'),
);

describe("the reports of the public API", () => {
  it.each(typed.map(({ name, path }) => ({ name, path })))("$name has one", ({ name, path }) => {
    const report = join(root, "api", `${path.replace("packages/", "")}.api.md`);
    expect(existsSync(report), "run the script `api-report`").toBe(true);
    expect(readFileSync(report, "utf8")).toContain(`# The API of ${name}\n`);
  });

  it("are as the packages are: the script `api-report` brings them up to date", () => {
    const script = join(root, "scripts/api-report.mjs");
    const { status, stderr } = spawnSync(process.execPath, [script, "--check"], {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});
