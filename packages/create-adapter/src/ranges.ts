import { readFileSync } from "node:fs";

type Ours = "@llmux/core" | "@llmux/openai-compatible" | "@llmux/testkit";

/**
 * The ranges of llmux's packages that a new adapter asks for: those that this package was made with. They stand in its own manifest,
 * where publishing writes the versions.
 */
export function rangeOf(name: Ours): string {
  const { devDependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    devDependencies: Record<Ours, string>;
  };
  const range = devDependencies[name];
  if (range.startsWith("workspace:"))
    throw new Error("This is the repository's copy, which has no versions: pack it first");
  return range;
}
