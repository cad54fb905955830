import { describe, expect, it } from "vitest";
import { document } from "./documents.ts";

const parts = (...blocks: [string, string][]): string =>
  blocks.map(([info, text]) => `\`\`\`${info}\n${text}\n\`\`\``).join("\n\n");

describe("document", () => {
  it("gives each block the variables set before it, and another model starts afresh", () => {
    const { blocks } = document(
      "docs/a.md",
      parts(
        ["ts", 'import "a";'],
        ["sh", "export LLM_MODEL=ollama/a LLM_BASE_URL=http://x"],
        ["ts", 'import "b";'],
        ["sh", "LLM_NUM_RETRIES=1 chat\nexport LLM_MODEL=openai/b"],
        ["ts", 'import "c";'],
      ),
    );
    expect(blocks.filter(({ language }) => language === "ts").map(({ env }) => env)).toEqual([
      { LLM_MODEL: "ollama/a" },
      { LLM_MODEL: "ollama/a", LLM_BASE_URL: "http://x" },
      { LLM_MODEL: "openai/b" },
    ]);
  });

  it("runs a document without a model by the package that it stands in", () => {
    const { blocks } = document("packages/anthropic/README.md", parts(["ts", 'import "a";']));
    expect(blocks[0]?.env.LLM_MODEL).toMatch(/^anthropic\//);
  });

  it("joins a block without imports to the one before it, at its own line", () => {
    const { programs } = document("docs/a.md", parts(["ts", 'import "a";'], ["json", "{}"], ["ts throws", "fail();"]));
    expect(programs).toHaveLength(1);
    expect(programs[0]?.throws).toBe(true);
    expect(programs[0]?.text.split("\n")[9]).toBe("{ fail();");
  });

  it("marks what is not to be run, and refuses flags that it does not know", () => {
    const { programs } = document("docs/a.md", parts(["ts no-run", 'import "a";']));
    expect(programs[0]?.notRun).toBe("marked no-run");
    expect(() => document("docs/a.md", parts(["ts skip", 'import "a";']))).toThrow("skip");
  });
});
