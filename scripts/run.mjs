// `npm start` and `npm test`, for a machine with nothing but Node 20 and npm: installs with the pnpm that package.json names and
// runs everything else on the Node that comes as a dev dependency. Only Node's own modules here: nothing is installed yet.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { summarize } from "./summarize.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const pnpm = /^pnpm@[\d.]+/.exec(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager)[0];
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };

const [command, ...args] = process.argv.slice(2);
if (command === "start") await start();
else if (command === "test") test();
else throw new Error("usage: node scripts/run.mjs start|test");

/** Everything but the application's own output goes to stderr, so that `npm start --silent -- --json | jq` works. */
async function start() {
  install();
  quietly("Building", ["exec", "turbo", "run", "build", "--filter=@llmux/chat", "--output-logs=errors-only"]);
  const app = join(root, "apps/chat");
  const main = join(app, Object.values(JSON.parse(readFileSync(join(app, "package.json"), "utf8")).bin)[0]);
  // The application alone answers Ctrl-C; this process only waits for it.
  process.on("SIGINT", () => {});
  const child = spawn(join(root, "node_modules/node/bin/node"), [main, ...args], {
    stdio: "inherit",
    env: process.env,
  });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.exitCode = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

function test() {
  install();
  for (const report of [
    join(root, ".turbo/runs"),
    ...workspaces().map((folder) => join(folder, ".turbo/test-report.json")),
  ]) {
    rmSync(report, { recursive: true, force: true });
  }
  const tasks = ["build", "typecheck", "lint", "knip", "check:package", "test"];
  const { status } = runPnpm(
    [
      ...["exec", "turbo", "run", ...tasks],
      ...["--continue=dependencies-successful", "--summarize", "--log-order=grouped"],
      // Each of the tasks keeps more than one processor busy; more of them at once only wait for each other.
      "--concurrency=100%",
    ],
    "inherit",
  );
  const failed = summarize(root, status ?? 1);
  process.exitCode = failed ? 1 : 0;
}

/** Skipped where neither the lockfile, a manifest nor the platform has changed since the last time that it succeeded. */
function install() {
  const stamp = join(root, "node_modules/.install-stamp");
  const folders = workspaces();
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${pnpm}`);
  const manifests = [root, ...folders].map((folder) => join(folder, "package.json"));
  for (const file of [join(root, "pnpm-lock.yaml"), join(root, "pnpm-workspace.yaml"), ...manifests]) {
    hash.update(readFileSync(file));
  }
  const wanted = hash.digest("hex");
  const there = folders.every((folder) => existsSync(join(folder, "node_modules")));
  if (there && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  quietly("Installing", ["install", "--frozen-lockfile"]);
  writeFileSync(stamp, wanted);
}

/** The folders of the workspace, as pnpm-workspace.yaml lists them. */
function workspaces() {
  const [, list] = /^packages:\n((?: +- .*\n)+)/m.exec(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"));
  const folders = list.match(/[^\s-]\S*/g).flatMap((entry) => {
    if (!entry.endsWith("/*")) return [join(root, entry)];
    const parent = join(root, entry.slice(0, -2));
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  });
  return folders.filter((folder) => existsSync(join(folder, "package.json")));
}

function quietly(what, pnpmArgs) {
  console.error(`${what} …`);
  const { status, error, stdout, stderr } = runPnpm(pnpmArgs, "pipe");
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  if (error) console.error(error.message);
  console.error(`${what} failed.`);
  process.exit(status ?? 1);
}

function runPnpm(pnpmArgs, output) {
  return spawnSync("npx", ["--yes", pnpm, ...pnpmArgs], {
    cwd: root,
    env,
    stdio: ["ignore", output, output],
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    shell: process.platform === "win32",
  });
}
