import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { namesOf } from "./names.js";

const templates = fileURLToPath(new URL("../templates", import.meta.url));

/** What the templates import or declare in the files in which the adapter's own export stands. */
const neighbours = globSync("**/src/**/*.ts", { cwd: templates }).flatMap((file) => {
  const text = readFileSync(join(templates, file), "utf8");
  if (!text.includes("{{identifier}}")) return [];
  const imported = [...text.matchAll(/^import \{([^}]*)\} from/gm)].flatMap(([, names = ""]) => names.split(","));
  const declared = [...text.matchAll(/^(?:export )?(?:const|function|class) (\w+)/gm)].map(([, name = ""]) => name);
  return [...imported.map((name) => name.trim()), ...declared].filter((name) => /^\w+$/.test(name));
});

describe("the templates", () => {
  it("have names of their own beside the adapter's", () => {
    expect(neighbours).toEqual(expect.arrayContaining(["defineAdapter", "defineHost", "describeConformance"]));
  });

  it.each([...new Set(neighbours)])("never have an export beside their own %s that is called so, too", (name) => {
    const id = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(namesOf(id).identifier).toBe(`${name}Adapter`);
  });
});
