/**
 * What core and an adapter add to a streaming hello-world that has the SDK already: both are bundled and minified with code
 * splitting, run against the fake provider, and what was loaded is weighed.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Provider } from "./variants.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..");
/** Each chunk tells that it was loaded. */
const BANNER = "(globalThis.__loaded??=[]).push(import.meta.url);";

/** Kilobytes of 1,000 bytes, minified and then also gzipped. */
export interface Weight {
  loaded: number;
  loadedGzipped: number;
  /** With the chunks that this program never loads. */
  total: number;
}

const SDK: Readonly<Record<Provider, (base: string) => string>> = {
  openai: (base) => `import OpenAI from "openai";
    const client = new OpenAI({ apiKey: "k", baseURL: "${base}/v1" });
    for await (const chunk of await client.chat.completions.create({ model: "gpt-4o", messages, stream: true })) text += chunk.choices[0]?.delta.content ?? "";`,
  azure: (base) => `import { AzureOpenAI } from "openai";
    const client = new AzureOpenAI({ apiKey: "k", endpoint: "${base}", apiVersion: "2024-10-21" });
    for await (const chunk of await client.chat.completions.create({ model: "gpt-4o", messages, stream: true })) text += chunk.choices[0]?.delta.content ?? "";`,
  anthropic: (base) => `import Anthropic from "@anthropic-ai/sdk";
    const client = new Anthropic({ apiKey: "k", baseURL: "${base}" });
    for await (const event of await client.messages.create({ model: "claude-haiku-4-5", max_tokens: 9, messages, stream: true })) text += event.delta?.text ?? "";`,
  ollama: (base) => `import { Ollama } from "ollama";
    const client = new Ollama({ host: "${base}" });
    for await (const part of await client.chat({ model: "llama3.2", messages, stream: true })) text += part.message.content;`,
};

const MODELS: Readonly<Record<Provider, string>> = {
  openai: "gpt-4o",
  azure: "gpt-4o",
  anthropic: "claude-haiku-4-5",
  ollama: "llama3.2",
};

function llmux(provider: Provider, base: string): string {
  const config = {
    openai: `{ apiKey: "k", baseURL: "${base}/v1" }`,
    azure: `{ apiKey: "k", baseURL: "${base}" }`,
    anthropic: `{ apiKey: "k", baseURL: "${base}" }`,
    ollama: `{ baseURL: "${base}" }`,
  }[provider];
  return `import { createLLM } from "@llmux/core";
    import { ${provider} } from "@llmux/${provider}";
    const llm = createLLM({ adapters: [${provider}(${config})] });
    for await (const event of llm.stream({ model: "${provider}/${MODELS[provider]}", messages })) if (event.type === "text-delta") text += event.delta;`;
}

export async function weigh(provider: Provider, base: string): Promise<{ sdk: Weight; llmux: Weight }> {
  return { sdk: await weighProgram(SDK[provider](base)), llmux: await weighProgram(llmux(provider, base)) };
}

async function weighProgram(program: string): Promise<Weight> {
  const directory = await mkdtemp(join(ROOT, "node_modules/.bundle-"));
  try {
    const [imports, rest] = split(program);
    const source = `${imports}\nlet text = ""; const messages = [{ role: "user", content: "Hi" }];\n${rest}\nconsole.log(JSON.stringify([text, globalThis.__loaded]));`;
    await writeFile(join(directory, "main.js"), source);
    await build({
      entryPoints: [join(directory, "main.js")],
      outdir: join(directory, "out"),
      outExtension: { ".js": ".mjs" },
      absWorkingDir: ROOT,
      bundle: true,
      minify: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target: "es2023",
      // Node's own modules, which some SDKs reach for behind a check of the platform.
      external: ["node:*"],
      banner: { js: BANNER },
      legalComments: "none",
      logLevel: "error",
    });
    const { stdout } = await run(process.execPath, [join(directory, "out/main.mjs")]);
    const [text, loaded] = JSON.parse(stdout) as [string, string[]];
    if (!text.startsWith("The sky is blue"))
      throw new Error(`The bundle streamed ${JSON.stringify(text.slice(0, 80))}`);
    const weight: Weight = { loaded: 0, loadedGzipped: 0, total: 0 };
    for (const name of await readdir(join(directory, "out"))) {
      const code = (await readFile(join(directory, "out", name), "utf8")).replace(`${BANNER}\n`, "");
      const bytes = Buffer.byteLength(code);
      weight.total += bytes / 1000;
      if (!loaded.some((url) => url.endsWith(`/${name}`))) continue;
      weight.loaded += bytes / 1000;
      weight.loadedGzipped += gzipSync(code, { level: 9 }).length / 1000;
    }
    return weight;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The lines of import first, as the language has it. */
function split(program: string): [string, string] {
  const lines = program.split("\n").map((line) => line.trim());
  return [
    lines.filter((line) => line.startsWith("import ")).join("\n"),
    lines.filter((line) => !line.startsWith("import ")).join("\n"),
  ];
}
