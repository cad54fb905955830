import type { Answers } from "./ask.js";
import type { Kind } from "./kind.js";
import { rangeOf } from "./ranges.js";

/** What an adapter of each kind stands on. */
const DEPENDENCIES: Readonly<Record<Kind, () => Record<string, string>>> = {
  "openai-compatible": () => ({ "@llmux/openai-compatible": rangeOf("@llmux/openai-compatible") }),
  sdk: () => ({ openai: "^7.57.0" }),
  fetch: () => ({}),
};

/** The new package's `package.json`. */
export function manifestOf({ names, kind }: Answers): object {
  const dependencies = DEPENDENCIES[kind]();
  return {
    name: names.packageName,
    version: "0.0.0",
    description: `llmux adapter for ${names.title}.`,
    license: "MIT",
    type: "module",
    sideEffects: false,
    engines: { node: ">=22" },
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./package.json": "./package.json",
    },
    files: ["dist", "CHANGELOG.md"],
    keywords: ["llm", "llmux", "llmux-adapter", names.id],
    scripts: {
      build: "tsc -p tsconfig.build.json",
      typecheck: "tsc --noEmit",
      lint: "biome check .",
      format: "biome check --write .",
      test: "vitest run",
      "check:package": "publint --strict",
      changeset: "changeset",
      release: "npm run build && changeset publish",
      prepublishOnly: "npm run build",
    },
    ...(Object.keys(dependencies).length > 0 && { dependencies }),
    peerDependencies: { "@llmux/core": rangeOf("@llmux/core") },
    devDependencies: {
      "@biomejs/biome": "^2.6.8",
      "@changesets/cli": "^3.0.3",
      "@llmux/core": rangeOf("@llmux/core"),
      "@llmux/testkit": rangeOf("@llmux/testkit"),
      "@types/node": "^24.0.0",
      publint: "^0.3.25",
      typescript: "^7.0.2",
      vitest: "^5.1.1",
    },
  };
}
