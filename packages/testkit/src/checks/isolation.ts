import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createLLM, type GenerateResult } from "@llmux/core";
import type { Check } from "../check.js";
import { failureOf, outcomeOf, ways } from "../claims.js";
import type { Reply } from "../reply.js";
import { call, TEXT } from "../scenarios.js";
import { TOOLS } from "../tools.js";
import { errorOf } from "./errors.js";
import { holds } from "./results.js";

type Core = Pick<typeof import("@llmux/core"), "isLLMError" | "withRetry">;

/** An adapter in a program: found by its name, silent until it is asked, one of many. */
export const ISOLATION_CHECKS: readonly Check[] = [
  {
    id: "prefix",
    title: "the adapter's id and aliases are prefixes that lead to it",
    why: "LLM_MODEL names the adapter by them",
    async run(kit) {
      const { id, aliases, name } = kit.adapter;
      assert.ok(name, "it needs a name");
      const prefixes = [id, ...aliases];
      assert.equal(new Set(prefixes).size, prefixes.length, "a prefix is named twice");
      for (const prefix of prefixes) {
        assert.match(prefix, /^[a-z0-9][a-z0-9_-]*$/, "lower-case letters, digits, - and _");
        kit.replies(TEXT);
        const llm = createLLM({ adapters: [kit.adapter], env: {} });
        const { provider } = await llm.generate(kit.request({ model: `${prefix}/${kit.options.model}` }));
        assert.equal(provider, id);
      }
    },
  },
  {
    id: "create-sends-nothing",
    title: "making a backend sends nothing",
    why: "a program makes the backends of all its adapters and uses one",
    async run(kit) {
      kit.adapter.createBackend();
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(kit.server.connections, 0, "connections");
    },
  },
  {
    id: "concurrent",
    title: "calls at the same time do not mix",
    why: "one person would read the answer to another",
    async run(kit) {
      const names = ["anna", "bert", "cleo", "dana", "emil", "fina"];
      const replyTo = (name: string): Reply => ({
        ...TEXT,
        ...(kit.has("tools") && { finish: "tool-calls" }),
        parts: [
          { type: "text", pieces: [...`Hello ${name}!`] },
          ...(kit.has("tools") ? [call("call_1", "get_weather", ...`{"city":"${name}"}`)] : []),
        ],
      });
      kit.answers((wire, { text }) => {
        const name = names.find((each) => text.includes(each)) ?? "";
        return { ...kit.dialect.reply(replyTo(name), wire), seed: names.indexOf(name) + 1 };
      });
      const asked = names.flatMap((name) =>
        ways(kit).map(async ([, ask]): Promise<[string, GenerateResult]> => {
          const messages = [{ role: "user" as const, content: `I am ${name}` }];
          return [name, await ask(kit.request({ messages, tools: kit.has("tools") ? TOOLS : undefined }))];
        }),
      );
      for (const [name, result] of await Promise.all(asked)) holds(result, replyTo(name));
    },
  },
  {
    id: "two-cores",
    title: "another copy of core understands the adapter's errors",
    why: "two copies in one tree are common, and a retry that no longer knows its errors does nothing",
    needsError: "server",
    async run(kit) {
      const core = await copyOfCore();
      kit.always(errorOf(kit, "server"));
      const failure = await failureOf(kit.backend.generate(kit.request()));
      assert.ok(core.isLLMError(failure, "server"), "isLLMError of another copy does not know the error");
      let asked = 0;
      kit.server.script((wire) =>
        wire.kind !== "generate" ? undefined : asked++ === 0 ? errorOf(kit, "server") : kit.dialect.reply(TEXT, wire),
      );
      const retrying = core.withRetry(kit.backend, { retries: 1, minWait: 0, maxWait: 1 });
      const { result, error } = await outcomeOf(retrying.generate(kit.request()));
      if (!result) assert.fail(`withRetry of another copy did not retry: ${error}`);
      holds(result, TEXT);
    },
  },
];

let copied: Promise<Core> | undefined;

/** A second copy of core, as a second version in one tree would be. Made once a process. */
function copyOfCore(): Promise<Core> {
  copied ??= (async () => {
    const original = dirname(dirname(createRequire(import.meta.url).resolve("@llmux/core")));
    const folder = mkdtempSync(join(tmpdir(), "llmux-testkit-"));
    // Not before: core loads much of itself late.
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const copy = join(folder, "node_modules/@llmux/core");
    mkdirSync(copy, { recursive: true });
    cpSync(join(original, "package.json"), join(copy, "package.json"));
    cpSync(join(original, "dist"), join(copy, "dist"), { recursive: true });
    return (await import(/* @vite-ignore */ pathToFileURL(join(copy, "dist/index.js")).href)) as Core;
  })();
  return copied;
}
