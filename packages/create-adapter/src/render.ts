import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answers } from "./ask.js";
import { manifestOf } from "./manifest.js";
import type { Names } from "./names.js";

const TEMPLATES = fileURLToPath(new URL("../templates/", import.meta.url));

const BUILT_ON: Readonly<Record<Answers["kind"], string>> = {
  "openai-compatible": "It speaks OpenAI's wire format, through `@llmux/openai-compatible`.",
  sdk: "It stands on the official SDK, which is loaded with the first call.",
  fetch: "It needs nothing but `fetch`.",
};

/** The files of the new package, by path. */
export function render(answers: Answers): Map<string, string> {
  const { names, kind, stream } = answers;
  const folders = ["common", kind, ...(stream ? [`${kind}-${stream}`] : [])];
  const words = wordsOf(names, BUILT_ON[kind]);
  const files = new Map([["package.json", `${JSON.stringify(manifestOf(answers), null, 2)}\n`]]);
  for (const folder of folders) {
    for (const [path, text] of templates(join(TEMPLATES, folder))) files.set(fill(path, words), fill(text, words));
  }
  return files;
}

function wordsOf({ id, packageName, file, identifier, type, title, variable }: Names, builtOn: string) {
  // As the formatter has a property's name and the way to it.
  const plain = !id.includes("-");
  return {
    id,
    package: packageName,
    file,
    identifier,
    type,
    title,
    variable,
    builtOn,
    property: plain ? id : JSON.stringify(id),
    access: plain ? id : `[${JSON.stringify(id)}]`,
    // In names of files that this repository's own tools would take for theirs.
    dot: ".",
    terms: "LICENSE",
    year: String(new Date().getFullYear()),
  };
}

/** @throws Error for a template that asks for a word that there is not */
function fill(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/(?<!\$)\{\{(\w+)\}\}/g, (_, word: string) => {
    const said = words[word];
    if (said === undefined) throw new Error(`A template has no word ${word}`);
    return said;
  });
}

/** The templates in a folder. A leading `_` stands for a dot, for npm packs no `.gitignore`. */
function* templates(folder: string): Generator<[path: string, text: string]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = relative(folder, join(entry.parentPath, entry.name));
    const shown = path.split(sep).map((part) => part.replace(/^_/, "."));
    yield [shown.join("/"), readFileSync(join(folder, path), "utf8")];
  }
}
