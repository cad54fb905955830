import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root, type Workspace, workspaces } from "./workspace.ts";

/** What a command said, and how it ended. */
export interface Outcome {
  code: number | null;
  output: string;
}

/** A clone of this repository as it stands, uncommitted changes included, in which a release can be made. */
export class ReleaseWorkspace {
  readonly path: string = mkdtempSync(join(tmpdir(), "llmux-release-"));

  constructor() {
    rmSync(this.path, { recursive: true });
    execFileSync("git", ["clone", "--quiet", "--shared", root, this.path], { stdio: ["ignore", "ignore", "pipe"] });
    try {
      this.#overlay();
      this.#link();
      this.commit("as it stands");
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  manifest({ path }: Workspace): Workspace["manifest"] {
    return JSON.parse(readFileSync(join(this.path, path, "package.json"), "utf8"));
  }

  /** Empty where the package has none. */
  changelog({ path }: Workspace): string {
    const file = join(this.path, path, "CHANGELOG.md");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  commit(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", message);
  }

  git(...args: string[]): string {
    const identity = ["-c", "user.name=Release", "-c", "user.email=release@localhost", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...identity, ...args], { cwd: this.path, encoding: "utf8" });
  }

  /** Runs the repository's own changesets here. */
  async changeset(env: Record<string, string>, ...args: string[]): Promise<Outcome> {
    const bin = join(root, "node_modules/@changesets/cli/bin.js");
    // Tags carry a message, and so need an identity.
    const git = { GIT_AUTHOR_NAME: "Release", GIT_AUTHOR_EMAIL: "release@localhost" };
    const committer = { GIT_COMMITTER_NAME: "Release", GIT_COMMITTER_EMAIL: "release@localhost" };
    return await run(process.execPath, [bin, ...args], this.path, { ...env, ...git, ...committer });
  }

  /** Runs a package's own build, as a release does once the versions are new. */
  async build({ path }: Workspace, env: Record<string, string>): Promise<Outcome> {
    return await run("pnpm", ["run", "build"], join(this.path, path), env);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Brings what is not committed, and what the builds made. */
  #overlay(): void {
    const listed = (...args: string[]) =>
      execFileSync("git", ["ls-files", "-z", ...args], { cwd: root, encoding: "utf8" })
        .split("\0")
        .filter(Boolean);
    for (const file of listed("--deleted")) rmSync(join(this.path, file), { force: true });
    for (const file of listed("--modified", "--others", "--exclude-standard")) {
      if (existsSync(join(root, file))) cpSync(join(root, file), join(this.path, file));
    }
    for (const { path, folder, isPublic } of workspaces()) {
      if (!isPublic) continue;
      if (!existsSync(join(folder, "dist"))) throw new Error(`${path} is not built, and so can't be published`);
      cpSync(join(folder, "dist"), join(this.path, path, "dist"), { recursive: true });
    }
  }

  /** What an install would link: the packages to each other, and what they and the root have installed. */
  #link(): void {
    const all = workspaces();
    const ours = ["@llmux", ...all.map(({ name }) => name)];
    this.#symlinkEach("node_modules", ours);
    for (const { path, manifest } of all) {
      this.#symlinkEach(join(path, "node_modules"), ours);
      const ranges = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies };
      for (const name of Object.keys(ranges).filter((each) => ranges[each]?.startsWith("workspace:"))) {
        const target = all.find((other) => other.name === name);
        if (!target) throw new Error(`${manifest.name} needs ${name}, which is not here`);
        this.#symlink(join(path, "node_modules", name), join(this.path, target.path));
      }
    }
  }

  /** All of a folder here that is there in the repository, but our own packages. */
  #symlinkEach(folder: string, ours: readonly string[]): void {
    const names = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
    for (const name of names.filter((each) => !ours.includes(each))) {
      this.#symlink(join(folder, name), join(root, folder, name));
    }
  }

  #symlink(from: string, target: string): void {
    const link = join(this.path, from);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  }
}

/** Without blocking this process, in which the registry runs. */
export async function run(command: string, args: string[], cwd: string, env: Record<string, string>): Promise<Outcome> {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += data;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, output };
}
