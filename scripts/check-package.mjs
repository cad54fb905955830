// Packs the package in the working directory as it would be published, and has publint and attw judge the tarball.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "llmux-pack-"));
try {
  const packed = execFileSync("pnpm", ["pack", "--json", "--pack-destination", folder], { encoding: "utf8" });
  const { filename } = JSON.parse(packed);
  // Not the list in `packed`, which leaves out what pnpm adds, such as the workspace's LICENSE.
  const files = execFileSync("tar", ["-tf", filename], { encoding: "utf8" }).split("\n");
  const bin = new URL("../node_modules/.bin/", import.meta.url).pathname;
  const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
  const faults = [];
  for (const needed of ["README.md", "LICENSE"]) {
    if (!files.includes(`package/${needed}`)) faults.push(`${needed} is not in the package`);
  }
  const stray = files.filter((path) => /\.test\.|\.tsbuildinfo$|^package\/src\//.test(path));
  if (stray.length > 0) faults.push(`not to be published: ${stray.join(", ")}`);
  const run = (command, args) => {
    const { status, stdout, stderr } = spawnSync(join(bin, command), args, { encoding: "utf8" });
    if (status !== 0) faults.push(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
  };
  run("publint", [filename, "--strict"]);
  // A command has no types to judge.
  if (Object.keys(exports).some((entry) => entry !== "./package.json")) {
    run("attw", [filename, "--profile", "esm-only", "--no-emoji"]);
  }
  if (faults.length > 0) {
    console.error(faults.join("\n\n"));
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
