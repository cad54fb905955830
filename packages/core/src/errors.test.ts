import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { isLLMError, LLMError } from "./errors.js";
import { withErrorFacts } from "./with-error-facts.js";

describe("LLMError", () => {
  it("is named after its kind and is an Error", () => {
    const error = new LLMError({ kind: "context-window-exceeded", message: "too long" });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("ContextWindowExceededError");
    expect(String(error)).toBe("ContextWindowExceededError: too long");
    expect(inspect(error)).toContain("too long");
    expect(error).not.toHaveProperty("cause");
  });

  it("decides from its kind whether another attempt may help, unless told", () => {
    expect(new LLMError({ kind: "rate-limit", message: "" }).retryable).toBe(true);
    expect(new LLMError({ kind: "quota-exceeded", message: "" }).retryable).toBe(false);
    expect(new LLMError({ kind: "connection", message: "", retryable: false }).retryable).toBe(false);
  });

  it("is data for a log, without its cause and without what the model wrote", () => {
    const error = new LLMError({ kind: "server", message: "m", status: 500, text: "raw", cause: new Error("inner") });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "ServerError",
      kind: "server",
      message: "m",
      status: 500,
      retryable: true,
    });
  });

  it("keeps its facts, its stack and its cause when one is added", () => {
    const cause = new Error("inner");
    const error = new LLMError({ kind: "server", message: "m", status: 500, code: "c", retryable: false, cause });
    const more = withErrorFacts(error, { model: "x" });
    expect(more).toMatchObject({ kind: "server", message: "m", status: 500, code: "c", retryable: false, model: "x" });
    expect(more.cause).toBe(cause);
    expect(more.stack).toBe(error.stack);
    expect(withErrorFacts(error, { message: "n" }).stack).toContain("n");
  });
});

describe("isLLMError", () => {
  it("knows its own, of some kinds or of any", () => {
    const error = new LLMError({ kind: "timeout", message: "late" });
    expect(isLLMError(error)).toBe(true);
    expect(isLLMError(error, "timeout", "aborted")).toBe(true);
    expect(isLLMError(error, "aborted")).toBe(false);
    for (const other of [new Error("x"), { kind: "timeout" }, null, undefined, "timeout"])
      expect(isLLMError(other)).toBe(false);
  });

  it("agrees with another copy of this package in the same tree", async () => {
    const folder = mkdtempSync(join(tmpdir(), "llmux-copy-"));
    try {
      const source = readFileSync(fileURLToPath(new URL("./errors.ts", import.meta.url)), "utf8");
      writeFileSync(join(folder, "errors.mjs"), stripTypeScriptTypes(source, { mode: "transform" }));
      const copy = (await import(
        /* @vite-ignore */ pathToFileURL(join(folder, "errors.mjs")).href
      )) as typeof import("./errors.js");
      expect(copy.LLMError).not.toBe(LLMError);
      const theirs = new copy.LLMError({ kind: "timeout", message: "theirs" });
      const ours = new LLMError({ kind: "timeout", message: "ours" });
      expect(theirs).not.toBeInstanceOf(LLMError);
      expect(isLLMError(theirs, "timeout")).toBe(true);
      expect(copy.isLLMError(ours, "timeout")).toBe(true);
      expect(withErrorFacts(theirs, { model: "m" })).toMatchObject({ message: "theirs", model: "m" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
