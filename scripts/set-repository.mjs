// Writes into each public package which repository it is built from, as GitHub's workflow tells it: npm takes a provenance statement
// only where the two agree, and so a fork's release names the fork.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const { GITHUB_SERVER_URL = "https://github.com", GITHUB_REPOSITORY } = process.env;

if (!GITHUB_REPOSITORY) {
  console.error("Not in a GitHub workflow: the packages name no repository, and have no provenance.");
} else {
  for (const file of globSync("{packages,apps}/*/package.json", { cwd: root })) {
    const path = join(root, file);
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    if (manifest.private) continue;
    const url = `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git`;
    manifest.repository = { type: "git", url, directory: dirname(file) };
    writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}
