import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runProviderBatch } from "./index.js";
import { fileJournal } from "./journal.js";
import { startProcess } from "./testing/batch-process.js";
import { BatchServer } from "./testing/batch-server.js";
import { DRIVERS, MODELS } from "./testing/drivers.js";
import { takeAll } from "./testing/take-all.js";

/** More than either provider needs, so that the last process is let live. */
const MOST_CALLS = 20;

it.concurrent.each(["openai", "anthropic"] as const)(
  "killed at each call of the batch API in turn, it pays %s once",
  async (provider) => {
    const requests = ["a", "b", "c"].map((content) => ({
      id: content,
      request: { model: MODELS[provider], maxTokens: 10, messages: [{ role: "user" as const, content }] },
    }));
    const folder = await mkdtemp(join(tmpdir(), "batch-provider-kill-"));
    try {
      let killed = true;
      for (let at = 1; killed && at < MOST_CALLS; at++) {
        const server = new BatchServer();
        await server.listen();
        const path = join(folder, `${at}`);
        try {
          server.looks = 2;
          // The provider has it, and the process never learns so.
          server.meddle = () => {
            if (server.calls.length !== at) return undefined;
            child.kill("SIGKILL");
            return "lose";
          };
          const child = startProcess("provider", server.url, provider, path, JSON.stringify(requests));
          child.stdout!.resume();
          const [code] = (await once(child, "exit")) as [number | null];
          killed = code === null;
          server.meddle = () => undefined;
          const options = { journal: fileJournal(path), poll: { initial: 5 } };
          const outcomes = await takeAll(runProviderBatch(DRIVERS[provider](server.url), requests, options));
          const said = outcomes.map(({ id, result }) => [id, result?.text]);
          expect([at, said.toSorted()]).toEqual([at, ["a", "b", "c"].map((id) => [id, id])]);
          expect([at, server.submitted]).toEqual([at, [["a", "b", "c"]]]);
          const uploads = [...server.files.values()].filter(({ purpose }) => purpose === "batch");
          expect(uploads).toHaveLength(provider === "openai" ? 1 : 0);
        } finally {
          server.close();
        }
      }
      expect(killed).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  120_000,
);
