import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { HostAdapter, HostRow } from "./index.js";
import list, * as exported from "./index.js";

/**
 * `src/hosts.ts` and the table in the README are made of the files in `src/hosts`:
 * `WRITE_HOSTS=1 vitest run src/hosts.test.ts` writes them anew.
 */
const write = process.env.WRITE_HOSTS !== undefined;
const folder = new URL("./hosts/", import.meta.url);
const files = readdirSync(folder).sort();

const modules = await Promise.all(
  files.map(async (file) => {
    const all = Object.entries((await import(new URL(file, folder).href)) as Record<string, HostAdapter>);
    const [name, adapter] = all[0] as [string, HostAdapter];
    return { file, count: all.length, name, row: adapter.row as HostRow };
  }),
);

const url = z.string().url().startsWith("https://");
const variable = z.string().regex(/^[A-Z][A-Z\d_]*$/);
const strings = z.array(z.string().min(1)).min(1);

/** What a row must be, so that adding a host is ten lines that can be trusted. */
const Row = z.strictObject({
  id: z.string().regex(/^[a-z\d][a-z\d_-]*$/),
  name: z.string().min(2),
  docs: url,
  aliases: strings.optional(),
  models: strings.optional(),
  baseURL: z
    .string()
    .regex(/^(https:\/\/[a-z\d.{}A-Z-]+|http:\/\/(localhost|127\.0\.0\.1):\d+)(\/[\w{}.-]+)*$/)
    .optional(),
  baseURLVariables: z.array(variable).optional(),
  settings: z
    .record(
      z.string(),
      z.strictObject({ variables: z.array(variable).min(1), description: z.string(), default: z.string().optional() }),
    )
    .optional(),
  keyVariables: z.array(variable).min(1),
  keyURL: url.optional(),
  keyless: z.literal(true).optional(),
  local: z.literal(true).optional(),
  samePath: z.literal(true).optional(),
  auth: z.enum(["ibm-iam"]).optional(),
  embeddingModel: z.string().optional(),
  calls: z.array(z.enum(["embed", "listModels", "rerank", "transcribe", "speak", "generateImage", "moderate"])),
  responses: z.literal(true).optional(),
  api: z.enum(["chat", "responses", "completions"]).optional(),
  model: z.tuple([z.instanceof(RegExp), z.string()]).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  wire: z.record(z.string(), z.unknown()).optional(),
  metadata: z
    .strictObject({
      body: strings.optional(),
      choice: strings.optional(),
      message: strings.optional(),
      latest: strings.optional(),
    })
    .optional(),
  names: z.record(z.string(), z.string()).optional(),
  refuses: strings.optional(),
  reasoning: z
    .enum(["reasoning_effort", "reasoning", "thinking", "thinking_and_effort", "enable_thinking", "none"])
    .optional(),
  reasoningBudget: z.literal(true).optional(),
  jsonObjectOnly: z.literal(true).optional(),
  plainText: z.literal(true).optional(),
  thinkTags: z.enum(["split", "return"]).optional(),
  citations: z.literal(true).optional(),
  requestIdHeader: z
    .string()
    .regex(/^[a-z\d-]+$/)
    .optional(),
  cost: z
    .strictObject({ usage: z.string().optional(), header: z.string().optional(), perUSD: z.number().optional() })
    .optional(),
});

describe.each(modules.map((module) => [module.file, module] as const))("hosts/%s", (file, { count, row }) => {
  it("is one row, named after its prefix, that says all that a host needs", () => {
    expect(count).toBe(1);
    expect(file).toBe(`${row.id.replaceAll("_", "-")}.ts`);
    expect(Row.safeParse(row).error?.issues ?? []).toEqual([]);
  });

  it("has a base URL whose settings it declares, and an embedding model only where it embeds", () => {
    const placeholders = [...(row.baseURL ?? "").matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(placeholders).toEqual(Object.keys(row.settings ?? {}));
    if (row.embeddingModel) expect(row.calls).toContain("embed");
    if (row.local) expect(row.keyless).toBe(true);
    if (row.reasoningBudget) expect(row.reasoning).toMatch(/thinking|^reasoning$/);
  });
});

describe("the list of hosts", () => {
  it("is the package's default export, and each has a name of its own", () => {
    expect(list.map(({ id }) => id)).toEqual(modules.map(({ row }) => row.id));
    for (const { name, row } of modules)
      expect((exported as unknown as Record<string, HostAdapter>)[name]?.id).toBe(row.id);
  });

  it("holds each prefix once, aliases included", () => {
    const prefixes = modules.flatMap(({ row }) => [row.id, ...(row.aliases ?? [])]);
    expect(prefixes.filter((prefix, at) => prefixes.indexOf(prefix) !== at)).toEqual([]);
  });

  it("is src/hosts.ts", () => {
    const path = new URL("./hosts.ts", import.meta.url);
    if (write) writeFileSync(path, index());
    expect(readFileSync(path, "utf8")).toBe(index());
  });

  it("is the table in the README", () => {
    const path = new URL("../README.md", import.meta.url);
    const marked = /(<!-- hosts -->\n)[\s\S]*?(<!-- \/hosts -->)/;
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(marked);
    const made = text.replace(marked, (_, before: string, after: string) => `${before}\n${table()}\n\n${after}`);
    if (write) writeFileSync(path, made);
    expect(readFileSync(path, "utf8")).toBe(made);
  });
});

function index(): string {
  const names = modules.map(({ name }) => name);
  return `import type { Adapter } from "@llmux/core";
${modules.map(({ file, name }) => `import { ${name} } from "./hosts/${file.replace(/ts$/, "js")}";`).join("\n")}

/** The prefixes of the hosts, aliases apart. */
export type HostId =
${modules.map(({ row }) => `  | "${row.id}"`).join("\n")};

/** Every host, for \`createLLM({ adapters: hosts })\`. */
export const hosts: readonly Adapter[] = [
${names.map((name) => `  ${name},`).join("\n")}
];

export {
${names
  .toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  .map((name) => `  ${name},`)
  .join("\n")}
};
`;
}

function table(): string {
  const code = (text: string): string => `\`${text}\``;
  const rows = modules.map(({ name, row }) => {
    const { id, aliases = [], docs, keyVariables, keyless, baseURL, settings = {}, calls, responses } = row;
    const variables = [...Object.values(settings).map((setting) => setting.variables[0] as string), ...keyVariables];
    return [
      `[${row.name}](${docs})`,
      [id, ...aliases].map(code).join(", "),
      code(name),
      variables.map(code).join(", ") + (keyless ? " (none needed)" : ""),
      baseURL ? code(baseURL) : "`LLM_BASE_URL`",
      [...(responses ? ["responses"] : []), ...calls].join(", "),
    ];
  });
  const header = ["host", "prefixes", "export", "variables", "base URL", "beside chat"];
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
