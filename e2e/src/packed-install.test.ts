import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OfflineProvider } from "./offline-provider.ts";
import { EmptyFolder, install } from "./packed.ts";
import { workspaces } from "./workspace.ts";

const PROGRAM = `import { fromEnv } from "@llmux/core";

const llm = await fromEnv();
const { text } = await llm.generate({ messages: [{ role: "user", content: "Why is the sky blue?" }] });
console.log(text);
`;

/** What any package here depends on, or may be given, beside packages of this repository. */
const SDKS = workspaces()
  .filter(({ manifest }) => manifest.keywords?.includes("llmux-adapter"))
  .flatMap(({ manifest }) => Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))
  .filter((name, at, all) => !name.startsWith("@llmux/") && all.indexOf(name) === at);

interface Case {
  adapter: string;
  model: string;
  sdks: string[];
  path: string;
  /** Packages of this repository that it depends on. */
  with?: string[];
}

describe.each<Case>([
  { adapter: "@llmux/ollama", model: "ollama/llama3.2", sdks: ["ollama"], path: "/api/chat" },
  { adapter: "@llmux/openai", model: "openai/gpt-4o", sdks: ["openai"], path: "/v1/chat/completions" },
  {
    adapter: "@llmux/anthropic",
    model: "anthropic/claude-sonnet-5-5",
    sdks: ["@anthropic-ai/sdk"],
    path: "/v1/messages",
  },
  {
    adapter: "@llmux/gemini",
    model: "gemini/gemini-2.5-flash",
    sdks: ["@google/genai"],
    path: "/v1beta/models/gemini-2.5-flash:generateContent",
  },
  {
    adapter: "@llmux/bedrock",
    model: "bedrock/amazon.nova-micro-v1:0",
    sdks: ["@aws-sdk/client-bedrock-runtime"],
    path: "/model/amazon.nova-micro-v1%3A0/converse",
  },
  {
    adapter: "@llmux/mistral",
    model: "mistral/mistral-small-latest",
    sdks: ["@mistralai/mistralai"],
    path: "/v1/chat/completions",
  },
  { adapter: "@llmux/cohere", model: "cohere/command-a-03-2025", sdks: ["cohere-ai"], path: "/v2/chat" },
  {
    adapter: "@llmux/huggingface",
    model: "huggingface/meta-llama/Llama-3.3-70B-Instruct",
    sdks: ["@huggingface/inference"],
    path: "/v1/chat/completions",
  },
  {
    adapter: "@llmux/openai-compatible",
    model: "groq/llama-3.3-70b-versatile",
    sdks: ["openai"],
    path: "/v1/chat/completions",
    with: ["@llmux/openai"],
  },
])(
  "@llmux/core and $adapter, packed and installed in an empty folder",
  ({ adapter, model, sdks, path, with: reused = [] }) => {
    let provider: OfflineProvider;
    const folder = new EmptyFolder();

    beforeAll(async () => {
      provider = await OfflineProvider.start();
      install(folder, ["@llmux/core", ...reused, adapter]);
      folder.write("program.js", PROGRAM);
    });

    afterAll(async () => {
      folder.remove();
      await provider?.stop();
    });

    it("run a program of five lines", async () => {
      const { code, stdout, stderr } = await run(folder, { ...provider.env, LLM_MODEL: model });
      expect(stderr).toBe("");
      expect({ code, stdout }).toEqual({ code: 0, stdout: "Because the air scatters blue light more than red.\n" });
      expect(provider.takeRequests().map((request) => request.path)).toContain(path);
    });

    it("bring that adapter's SDK and no other", () => {
      expect(SDKS.filter((name) => existsSync(join(folder.path, "node_modules", name)))).toEqual(sdks);
    });

    it("name the package to install for a prefix that is not", async () => {
      const missing = adapter === "@llmux/anthropic" ? "openai/gpt-4o" : "anthropic/claude-sonnet-5-5";
      const { code, stderr } = await run(folder, { ...provider.env, LLM_MODEL: missing });
      expect(code).not.toBe(0);
      expect(stderr).toContain(`npm install @llmux/${missing.split("/")[0]}`);
    });

    it("name the adapter that a misspelt prefix means", async () => {
      const { code, stderr } = await run(folder, { ...provider.env, LLM_MODEL: "olama/llama3.2" });
      expect(code).not.toBe(0);
      expect(stderr).toContain('did you mean "ollama"?');
    });
  },
);

/** Nothing of this process's own environment but the path reaches the program. */
async function run(folder: EmptyFolder, env: Record<string, string>) {
  const child = spawn(process.execPath, ["program.js"], { cwd: folder.path, env: { PATH: process.env.PATH, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, stdout, stderr };
}
