import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeCommunityAdapter } from "./community-adapter.ts";
import { configuredRegistry, isReachable, LocalRegistry, type Manifest } from "./local-registry.ts";
import { OfflineProvider } from "./offline-provider.ts";
import { EmptyFolder } from "./packed.ts";
import { ReleaseWorkspace, run } from "./release-workspace.ts";
import { root, workspaces } from "./workspace.ts";

const behind = configuredRegistry();
const reachable = await isReachable(behind);
if (!reachable && process.env.CI) throw new Error("no registry can be reached, and so no release be tried");
if (!reachable) console.warn("SKIPPED: no registry can be reached, so no release is tried");

const all = workspaces();
const published = all.filter(({ isPublic }) => isPublic);
const core = published.find(({ name }) => name === "@llmux/core") as (typeof published)[number];

const PROGRAM = `import { collect, fromEnv } from "@llmux/core";

const llm = await fromEnv();
const messages = [{ role: "user", content: "Why is the sky blue?" }];
const { text, provider } = await llm.generate({ messages });
const streamed = await collect(llm.stream({ messages }));
console.log(JSON.stringify({ provider, text, streamed: streamed.text, finish: streamed.finishReason.unified }));
`;

const ANSWER = "Because the air scatters blue light more than red.";

describe.skipIf(!reachable)("a release of all packages to a registry", () => {
  let registry: LocalRegistry;
  let provider: OfflineProvider;
  let repository: ReleaseWorkspace;
  const application = new EmptyFolder();
  const community = new EmptyFolder();

  /** The changesets that the release is made of: a package, and what is said of it. */
  let changes: { name: string; summary: string }[];

  beforeAll(async () => {
    const names = published.map(({ name }) => name);
    [registry, provider] = await Promise.all([LocalRegistry.start(behind, names), OfflineProvider.start()]);
    repository = new ReleaseWorkspace();
    changes = pendingChanges(repository.path);
    if (changes.length > 0) return;
    // Right after a release there is nothing to be released.
    const packages = published.map(({ name }) => `"${name}": patch\n`).join("");
    writeFileSync(join(repository.path, ".changeset/all.md"), `---\n${packages}---\n\nA change to all of them.\n`);
    repository.commit("a change to all of them");
    changes = pendingChanges(repository.path);
  });

  afterAll(async () => {
    application.remove();
    community.remove();
    repository?.remove();
    await Promise.all([registry?.stop(), provider?.stop()]);
  });

  it("is versioned by `changeset version`, which writes the changelogs", async () => {
    const { code, output } = await repository.changeset(registry.env("publisher"), "version");
    expect(code, output).toBe(0);
    expect(globSync(".changeset/*.md", { cwd: repository.path })).toEqual([]);
    for (const workspace of published) {
      const { version } = repository.manifest(workspace);
      expect(version, workspace.name).not.toBe("0.0.0");
      expect(repository.changelog(workspace), workspace.name).toContain(`# ${workspace.name}\n\n## ${version}\n`);
    }
    const firstReleases = published.filter(({ manifest }) => manifest.version === "0.0.0").map(({ name }) => name);
    const named = changes.map(({ name }) => name);
    expect(
      firstReleases.filter((name) => !named.includes(name)),
      "no changeset names them",
    ).toEqual([]);
    for (const { name, summary } of changes) {
      const workspace = published.find((each) => each.name === name);
      expect(workspace && words(repository.changelog(workspace)), name).toContain(summary);
    }
  });

  it("leaves the lockfile in line, so that a workflow installs what was versioned", async () => {
    const args = ["install", "--frozen-lockfile", "--lockfile-only", "--ignore-scripts"];
    const { code, output } = await run("pnpm", args, repository.path, registry.env("publisher"));
    expect(code, output).toBe(0);
    expect(repository.git("status", "--porcelain", "pnpm-lock.yaml")).toBe("");
    repository.commit("Version packages");
  });

  it("builds core, which knows its version", async () => {
    const { code, output } = await repository.build(core, registry.env("publisher"));
    expect(code, output).toBe(0);
  });

  it("asks for a provenance statement where the workflow's variable says so, which only the workflow's host can sign", async () => {
    expect(readFileSync(join(root, ".github/workflows/release.yml"), "utf8")).toContain(
      'NPM_CONFIG_PROVENANCE: "true"',
    );
    const env = { ...registry.env("publisher"), NPM_CONFIG_PROVENANCE: "true" };
    const args = ["publish", "--access", "public", "--no-git-checks"];
    const { code, output } = await run("pnpm", args, join(repository.path, core.path), env);
    expect(code).not.toBe(0);
    expect(output).toMatch(/provenance/i);
    expect(await registry.packument(core.name)).toBeUndefined();
  });

  it("is published by `changeset publish`, and tagged", async () => {
    const env = registry.env("publisher");
    const script = join(repository.path, "scripts/set-repository.mjs");
    const named = await run(process.execPath, [script], repository.path, { ...env, GITHUB_REPOSITORY: "acme/fork" });
    expect(named).toEqual({ code: 0, output: "" });
    const { code, output } = await repository.changeset(env, "publish");
    expect(code, output).toBe(0);
    const tags = repository.git("tag", "--list").split("\n");
    for (const workspace of published) {
      expect(tags).toContain(`${workspace.name}@${repository.manifest(workspace).version}`);
    }
  });

  it("has every public package in it and no private one, with ranges that hold outside of the repository", async () => {
    for (const workspace of all) {
      const packument = await registry.packument(workspace.name);
      if (!workspace.isPublic) {
        expect(packument, workspace.name).toBeUndefined();
        continue;
      }
      const { version } = repository.manifest(workspace);
      expect(packument?.["dist-tags"], workspace.name).toEqual({ latest: version });
      const manifest = packument?.versions[version] as Manifest;
      expect(JSON.stringify(manifest)).not.toContain("workspace:");
      expect(manifest.repository).toEqual({
        type: "git",
        url: "git+https://github.com/acme/fork.git",
        directory: workspace.path,
      });
      for (const kind of ["dependencies", "peerDependencies"] as const) {
        for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
          const ours = all.find((each) => each.name === name);
          if (!ours) continue;
          expect(ours.isPublic, `${workspace.name} needs ${name}`).toBe(true);
          expect(range, `${workspace.name} needs ${name}`).toBe(`^${repository.manifest(ours).version}`);
        }
      }
    }
  });

  it("takes a community adapter from someone who has never seen this repository", async () => {
    const commands = [
      ["create", "--yes", "llmux-adapter", "acme", "--", "--kind", "sdk", "--dir", "acme"],
      ["install"],
      ["exec", "--", "changeset", "version"],
      ["publish"],
    ];
    const home = join(community.path, "acme");
    for (const [index, args] of commands.entries()) {
      const env = registry.env(args[0] === "publish" ? "publisher" : "stranger");
      const { code, output } = await run("npm", args, index === 0 ? community.path : home, env);
      expect(code, output).toBe(0);
      // Changesets looks for the branch that it is on.
      if (index === 0) execFileSync("git", ["init", "--quiet", "--initial-branch", "main"], { cwd: home });
    }
    const manifest = (await registry.packument("llmux-adapter-acme"))?.versions["0.1.0"];
    expect(manifest?.peerDependencies).toEqual({ "@llmux/core": `^${repository.manifest(core).version}` });
  });

  it("lets a stranger install core, an adapter and a community adapter, and nothing else", async () => {
    application.write("package.json", JSON.stringify({ name: "application", private: true, type: "module" }));
    application.write("program.js", PROGRAM);
    const asked = ["@llmux/core", "@llmux/ollama", "llmux-adapter-acme"];
    const { code, output } = await npm("install", ...asked);
    expect(code, output).toBe(0);
    const there = installed(application.path);
    expect([...there.keys()].filter((name) => name.includes("llmux"))).toEqual(asked);
    expect([...there.keys()]).toEqual(closure(asked, there));
    for (const name of asked.slice(0, 2)) {
      const files = globSync("*", { cwd: join(application.path, "node_modules", name) });
      expect(files.sort(), name).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json"]);
    }
  });

  it.each(["ollama/llama3.2", "acme/any"])("lets the stranger chat with %s", async (model) => {
    expect(await chat(model)).toEqual({
      provider: model.split("/")[0],
      text: ANSWER,
      streamed: ANSWER,
      finish: "stop",
    });
  });

  it("brings an addition to core to those who have it, and no adapter has to be published anew", async () => {
    const { version } = repository.manifest(core);
    const before = published.map((workspace) => repository.manifest(workspace).version);
    const changeset = join(repository.path, ".changeset/an-addition.md");
    writeFileSync(changeset, '---\n"@llmux/core": patch\n---\n\nA call that no adapter needs to have.\n');
    repository.commit("core: an addition");
    const env = registry.env("publisher");
    const versioned = await repository.changeset(env, "version");
    expect(versioned.code, versioned.output).toBe(0);
    const built = await repository.build(core, env);
    expect(built.code, built.output).toBe(0);
    const released = await repository.changeset(env, "publish");
    expect(released.code, released.output).toBe(0);
    // Nothing is published twice.
    const named = released.output.match(/[@\w/-]*llmux[@\w/-]*@\d+\.\d+\.\d+/g);
    expect([...new Set(named)]).toEqual([`@llmux/core@${repository.manifest(core).version}`]);
    const after = published.map((workspace) => repository.manifest(workspace).version);
    expect(published.filter((_, index) => after[index] !== before[index]).map(({ name }) => name)).toEqual([
      "@llmux/core",
    ]);
    expect(repository.changelog(core)).toMatch(/### Patch Changes\n\n- .*A call that no adapter needs to have\./);

    const { code, output } = await npm("update");
    expect(code, output).toBe(0);
    const newer = installed(application.path).get("@llmux/core")?.version;
    expect(newer).toBe(repository.manifest(core).version);
    expect(newer).not.toBe(version);
    expect(globSync("**/node_modules/@llmux/core", { cwd: application.path })).toHaveLength(1);
    expect(await chat("acme/any")).toMatchObject({ provider: "acme", text: ANSWER });
  });

  it("tells the stranger which versions don't fit, where an adapter is made for a core that is not out", async () => {
    const folder = join(community.path, "later");
    writeCommunityAdapter(folder, { id: "later", core: "^99.0.0", contract: 99 });
    const { code, output } = await run("npm", ["publish"], folder, registry.env("publisher"));
    expect(code, output).toBe(0);
    const refused = await npm("install", "llmux-adapter-later");
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/peer @llmux\/core@"\^99\.0\.0" from llmux-adapter-later/);
    const forced = await npm("install", "--legacy-peer-deps", "llmux-adapter-later");
    expect(forced.code, forced.output).toBe(0);
    const failed = await start("later/any");
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("llmux-adapter-later");
    expect(failed.output).toContain("^99.0.0");
    expect(failed.output).toContain(`this is @llmux/core ${repository.manifest(core).version}`);
  });

  async function npm(...args: string[]) {
    return await run("npm", args, application.path, registry.env("stranger"));
  }

  async function start(model: string) {
    const env = {
      PATH: process.env.PATH ?? "",
      LLM_MODEL: model,
      OLLAMA_HOST: provider.url,
      ACME_API_KEY: "offline",
      ACME_BASE_URL: `${provider.url}/v1`,
    };
    return await run(process.execPath, ["program.js"], application.path, env);
  }

  async function chat(model: string): Promise<unknown> {
    const { code, output } = await start(model);
    expect(code, output).toBe(0);
    return JSON.parse(output);
  }
});

/** Every package of a folder's node_modules, by name. */
function installed(folder: string): Map<string, Manifest> {
  const files = globSync("node_modules/{*,@*/*}/package.json", { cwd: folder });
  const found = files.map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Manifest);
  return new Map(found.map((manifest) => [manifest.name, manifest] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** These and all that they need, sorted. */
function closure(names: readonly string[], there: Map<string, Manifest>): string[] {
  const needed = new Set<string>();
  const visit = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = there.get(name) ?? {};
    const peers = Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional);
    for (const next of [...Object.keys(dependencies), ...peers]) visit(next);
  };
  for (const name of names) visit(name);
  return [...needed].sort();
}

function pendingChanges(folder: string): { name: string; summary: string }[] {
  return globSync(".changeset/*.md", { cwd: folder }).flatMap((file) => {
    const [, head = "", summary = ""] =
      /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(join(folder, file), "utf8")) ?? [];
    return [...head.matchAll(/^"([^"]+)":/gm)].map(([, name = ""]) => ({ name, summary: words(summary) }));
  });
}

function words(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
