import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "./collect.js";
import { CONTRACT } from "./contract.js";
import { createLLM } from "./create-llm.js";
import { fromEnv, inspectEnv } from "./from-env.js";
import { coreRangeOf } from "./import-adapter.default.js";
import { errorOf, fakeAdapter, HELLO } from "./testing/fakes.js";
import { VERSION } from "./version.js";

const FUTURE = CONTRACT + 1;
const OLD = 0;

describe("an adapter of this time", () => {
  it("bears the contract's version, and works without one, as those made by hand do", async () => {
    const acme = fakeAdapter();
    expect([acme.contract, acme().contract]).toEqual([CONTRACT, CONTRACT]);
    const { contract: _, ...byHand } = acme();
    expect((await createLLM({ adapters: [byHand] }).generate({ ...HELLO, model: "acme/m" })).text).toBe("Hello");
  });
});

describe.each([
  {
    contract: FUTURE,
    told: `was made for contract ${FUTURE} of @llmux/core; this is @llmux/core ${VERSION}, which knows ${CONTRACT} at most: npm install @llmux/core@latest, or an older version of the adapter`,
  },
  {
    contract: OLD,
    told: `was made for contract ${OLD} of @llmux/core; this is @llmux/core ${VERSION}, which knows 1 at least: install a newer version of the adapter`,
  },
])("an adapter for contract $contract, handed in", ({ contract, told }) => {
  const llm = createLLM({ adapters: [fakeAdapter({}, { contract, models: ["acme-*"] })] });
  const fault = { kind: "invalid-request", provider: "acme", message: `the adapter "acme" ${told}` };
  const request = { ...HELLO, model: "acme/m" };

  it.each([
    ["generate", () => llm.generate(request)],
    ["generate by a bare name", () => llm.generate({ ...HELLO, model: "acme-1" })],
    ["stream", () => collect(llm.stream(request))],
    ["embed", () => llm.embed({ model: "acme/m", values: ["a"] })],
    ["listModels", () => llm.listModels({})],
  ])("is told by %s", async (_, call) => {
    expect(await errorOf(call())).toMatchObject(fault);
  });

  it("is told by fromEnv", async () => {
    const options = { env: { LLM_MODEL: "acme/m" }, adapters: [fakeAdapter({}, { contract })] };
    const { faults } = await inspectEnv(options);
    expect(faults).toEqual([{ variable: "LLM_MODEL", value: "acme/m", message: `the adapter "acme" ${told}` }]);
    expect((await errorOf(fromEnv(options))).message).toContain(told);
  });
});

describe("an installed adapter of another time", () => {
  let app: string;

  beforeAll(() => {
    app = realpathSync(mkdtempSync(join(tmpdir(), "llmux-app-")));
    install("@llmux/core", "export const now = 1;");
    install("llmux-adapter-future", adapterCode("future", FUTURE), "^2.0.0");
    install("llmux-adapter-old", adapterCode("old", OLD), "^0.0.1");
    install("llmux-adapter-either", adapterCode("either", FUTURE), ">=2.0.0 <4");
    install("llmux-adapter-rangeless", adapterCode("rangeless", FUTURE));
    install("llmux-adapter-wanting", 'import { later } from "@llmux/core"; export default later;', "^2.0.0");
    install("llmux-adapter-deep", 'import "@llmux/core/later"; export default {};', "^2.0.0");
    install("llmux-adapter-failing", "throw new Error('no');", "^2.0.0");
  });
  afterAll(() => rmSync(app, { recursive: true }));

  it.each([
    [
      "future",
      `llmux-adapter-future was made for contract ${FUTURE} of @llmux/core (^2.0.0); this is @llmux/core ${VERSION}, which knows ${CONTRACT} at most: npm install @llmux/core@^2.0.0, or an older version of llmux-adapter-future`,
    ],
    [
      "old",
      `llmux-adapter-old was made for contract ${OLD} of @llmux/core (^0.0.1); this is @llmux/core ${VERSION}, which knows 1 at least: npm install llmux-adapter-old@latest`,
    ],
    ["either", 'npm install @llmux/core@">=2.0.0 <4", or'],
    ["rangeless", `made for contract ${FUTURE} of @llmux/core; this is @llmux/core ${VERSION}, which`],
    [
      "wanting",
      `; llmux-adapter-wanting was made for @llmux/core ^2.0.0, this is ${VERSION}: npm install @llmux/core@^2.0.0, or another version of llmux-adapter-wanting`,
    ],
    ["deep", `llmux-adapter-deep was made for @llmux/core ^2.0.0, this is ${VERSION}: npm install`],
  ])("is told with both versions: %s", async (prefix, message) => {
    const error = await errorOf(fromEnv(optionsFor(prefix)));
    expect(error.kind).toBe("invalid-request");
    expect(error.message).toContain(message);
  });

  it("blames no version for what has another cause", async () => {
    const { message } = await errorOf(fromEnv(optionsFor("failing")));
    expect(message).toContain("could not be imported: Error: no");
    expect(message).not.toContain("^2.0.0");
  });

  it("asks for no manifest where none can be read", async () => {
    expect(await coreRangeOf("llmux-adapter-future", undefined)).toBeUndefined();
  });

  function optionsFor(prefix: string): { env: Record<string, string>; from: string } {
    return { env: { LLM_MODEL: `${prefix}/m` }, from: pathToFileURL(join(app, "main.js")).href };
  }

  function install(name: string, code: string, core?: string): void {
    const folder = join(app, "node_modules", name, "dist");
    mkdirSync(folder, { recursive: true });
    const manifest = {
      name,
      type: "module",
      exports: { ".": "./dist/index.js" },
      ...(core && { peerDependencies: { "@llmux/core": core } }),
    };
    writeFileSync(join(folder, "../package.json"), JSON.stringify(manifest));
    // Between a file and its package's manifest others may stand.
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(join(folder, "index.js"), code);
  }
});

function adapterCode(id: string, contract: number): string {
  return `export default { id: "${id}", name: "${id}", contract: ${contract}, aliases: [], models: [], env: {}, createBackend() {}, describe: async () => [] };`;
}
