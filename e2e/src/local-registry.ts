import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Its declarations need packages that it doesn't bring.
const require = createRequire(import.meta.url);
const { runServer } = require("verdaccio") as {
  runServer(config: object): Promise<{ listen(port: number, host: string): Server }>;
};

/** The registry that this machine's npm installs from. */
export function configuredRegistry(): string {
  const printed = execFileSync("npm", ["config", "get", "registry"], {
    encoding: "utf8",
    cwd: tmpdir(),
    stdio: ["ignore", "pipe", "ignore"],
  });
  return printed.trim();
}

/** Whether the registry answers at all, in whatever words. */
export async function isReachable(registry: string): Promise<boolean> {
  const signal = AbortSignal.timeout(20_000);
  return await fetch(registry, { signal }).then(
    ({ status }) => status < 500,
    () => false,
  );
}

/** A registry on loopback that takes our packages and community adapters, and has all others from the one behind it. */
export class LocalRegistry {
  readonly #folder = mkdtempSync(join(tmpdir(), "llmux-registry-"));
  #server!: Server;
  #token = "";

  /**
   * @param behind where it has all other packages from
   * @param names of our packages, which it never looks for there
   */
  static async start(behind: string, names: readonly string[]): Promise<LocalRegistry> {
    const registry = new LocalRegistry();
    const ours = { access: "$all", publish: "$authenticated", unpublish: "$authenticated" };
    const app = await runServer({
      self_path: registry.#folder,
      storage: join(registry.#folder, "storage"),
      auth: { htpasswd: { file: join(registry.#folder, "htpasswd"), max_users: 1 } },
      uplinks: { behind: { url: behind, timeout: "60s", max_fails: 10 } },
      packages: {
        ...Object.fromEntries(["@llmux/*", "llmux-adapter-*", ...names].map((name) => [name, ours])),
        "**": { access: "$all", proxy: "behind" },
      },
      web: { enable: false },
      log: { type: "stdout", format: "pretty", level: "fatal" },
    });
    registry.#server = app.listen(0, "127.0.0.1");
    await new Promise((resolve, reject) => registry.#server.once("listening", resolve).once("error", reject));
    await registry.#login();
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /**
   * Variables under which npm and pnpm know this registry alone, and nothing of what this machine has configured or has in its
   * cache. Only a publisher is signed in.
   */
  env(role: "publisher" | "stranger"): Record<string, string> {
    const config = join(this.#folder, `${role}.npmrc`);
    const lines = [`registry=${this.url}`, "audit=false", "fund=false", "update-notifier=false"];
    if (role === "publisher") lines.push(`${this.url.replace("http:", "")}:_authToken=${this.#token}`);
    writeFileSync(config, `${lines.join("\n")}\n`);
    const own = Object.entries(process.env).filter(([name]) => !/^(p?npm_|CI$|GITHUB_)/i.test(name));
    return {
      ...(Object.fromEntries(own) as Record<string, string>),
      NPM_CONFIG_USERCONFIG: config,
      NPM_CONFIG_CACHE: join(this.#folder, `${role}-cache`),
    };
  }

  /** What the registry knows of a package; `undefined`: nothing. */
  async packument(name: string): Promise<Packument | undefined> {
    const response = await fetch(this.url + name.replace("/", "%2f"));
    return response.status === 404 ? undefined : ((await response.json()) as Packument);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #login(): Promise<void> {
    const response = await fetch(`${this.url}-/user/org.couchdb.user:publisher`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "publisher", password: "a password for one test", type: "user" }),
    });
    const { token } = (await response.json()) as { token?: string };
    if (token === undefined) throw new Error(`the registry lets nobody in: ${response.status}`);
    this.#token = token;
  }
}

export interface Packument {
  "dist-tags": Record<string, string>;
  versions: Record<string, Manifest>;
}

export interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  repository?: { type: string; url: string; directory: string };
}
