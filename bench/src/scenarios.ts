import { BARS } from "./bars.ts";
import { weigh } from "./bundle.ts";
import { type Contender, interleave } from "./measure.ts";
import type { Report } from "./report.ts";
import type { Provider } from "./variants.ts";

export interface Settings {
  /** Where the fake provider listens. */
  server: string;
  providers: readonly Provider[];
  rounds: number;
  /** Scales how often a job is done in each measurement. */
  scale: number;
}

type Scenario = (settings: Settings, report: Report) => Promise<void>;

const SDK: Contender = { way: "sdk" };
const SDK_FAST: Contender = { way: "sdk", transport: true };
const OURS: Contender = { way: "llmux" };
const OURS_FAST: Contender = { way: "llmux", transport: true };
const FETCH: Contender = { way: "fetch" };
const AI: Contender = { way: "ai" };

const call: Scenario = async ({ server, providers, rounds, scale }, report) => {
  report.heading("CPU per call");
  for (const provider of providers) {
    const job = {
      kind: "call",
      provider,
      base: server,
      count: 1500 * scale,
      warmUp: 500 * scale,
      inFlight: 1,
    } as const;
    const [sdk, ours, fetch, ai, fast, sdkFast] = (await interleave(
      [SDK, OURS, FETCH, AI, OURS_FAST, SDK_FAST],
      rounds,
      job,
    )) as Figures<6>;
    report.ratio(`${provider}: llmux / SDK`, ours, sdk, BARS.call[provider]);
    report.ratio(`${provider}: llmux / raw fetch`, ours, fetch);
    report.ratio(`${provider}: llmux / AI SDK`, ours, ai, BARS.less);
    report.ratio(`${provider}: llmux + transport / SDK`, fast, sdk, BARS.callFast[provider]);
    report.ratio(`${provider}: SDK + transport / SDK`, sdkFast, sdk, provider === "openai" ? BARS.sdkFast : undefined);
    report.absolute("SDK", sdk, "µs");
    report.absolute("llmux", ours, "µs");
    report.absolute("llmux + transport", fast, "µs");
  }
};

/** @param mode how the chunks come: in writes of 64 KiB, or each in a packet of its own */
const stream =
  (mode: "burst" | "single"): Scenario =>
  async ({ server, providers, rounds, scale }, report) => {
    report.heading(`CPU per streamed chunk, ${mode === "burst" ? "in bursts" : "one by one"}`);
    const chunks = mode === "burst" ? 500 : 100;
    const count = (mode === "burst" ? 200 : 64) * scale;
    for (const provider of providers) {
      const base = `${server}/${mode}/${chunks}`;
      const inFlight = mode === "burst" ? 1 : 8;
      const job = { kind: "stream", provider, base, count, warmUp: count / 4, inFlight, chunks } as const;
      const [sdk, ours, fetch, ai, fast] = (await interleave(
        [SDK, OURS, FETCH, AI, OURS_FAST],
        rounds,
        job,
      )) as Figures<5>;
      report.ratio(`${provider}: llmux / SDK`, ours, sdk, mode === "burst" ? BARS.burst[provider] : undefined);
      report.ratio(`${provider}: llmux / raw fetch`, ours, fetch);
      report.ratio(`${provider}: AI SDK / llmux`, ai, ours, mode === "burst" ? BARS.burstAI : undefined);
      report.ratio(`${provider}: llmux + transport / SDK`, fast, sdk);
      report.absolute("SDK", sdk, "µs");
      report.absolute("llmux", ours, "µs");
    }
  };

const MODULES: Readonly<Record<Provider, { sdk: string; ai: string }>> = {
  openai: { sdk: "openai", ai: "@ai-sdk/openai" },
  azure: { sdk: "openai", ai: "@ai-sdk/azure" },
  anthropic: { sdk: "@anthropic-ai/sdk", ai: "@ai-sdk/anthropic" },
  ollama: { sdk: "ollama", ai: "ollama-ai-provider-v2" },
};

const coldImport: Scenario = async ({ server, providers, rounds }, report) => {
  report.heading(
    "Cold import, in CPU time (an adapter loads its SDK with its first call; against the SDK it is counted here all the same)",
  );
  const times = rounds * 3;
  const job = { kind: "import", base: server, count: 1, warmUp: 0, inFlight: 1 } as const;
  const [bare, core] = (await interleave(
    [
      { way: "sdk", modules: [] },
      { way: "llmux", modules: ["@llmux/core"] },
    ],
    times,
    { ...job, provider: "openai" },
  )) as Figures<2>;
  report.over("@llmux/core over bare Node", core, bare, "ms", BARS.importCore);
  for (const provider of providers) {
    const { sdk: name, ai: aiName } = MODULES[provider];
    const adapter = ["@llmux/core", `@llmux/${provider}`];
    const [sdk, ours, alone, ai] = (await interleave(
      [
        { way: "sdk", modules: [name] },
        { way: "llmux", modules: [...adapter, name] },
        { way: "llmux", modules: adapter },
        { way: "ai", modules: ["ai", aiName] },
      ],
      times,
      { ...job, provider },
    )) as Figures<4>;
    if (BARS.importOver[provider])
      report.over(`${provider}: core + adapter + SDK over SDK`, ours, sdk, "ms", BARS.importOver[provider]);
    else report.ratio(`${provider}: core + adapter + SDK / SDK`, ours, sdk, BARS.import[provider]);
    report.ratio(`${provider}: core + adapter / AI SDK`, alone, ai, BARS.less);
    report.ratio(`${provider}: core + adapter + SDK / AI SDK`, ours, ai);
    report.absolute("SDK", sdk, "ms");
    report.absolute("core + adapter + SDK", ours, "ms");
    report.absolute("core + adapter", alone, "ms");
    report.absolute("AI SDK", ai, "ms");
  }
};

const firstAnswer: Scenario = async ({ server, providers, rounds }, report) => {
  report.heading("Time to the first answer of a cold process: imports and one call");
  for (const provider of providers) {
    const job = { kind: "first-answer", provider, base: server, count: 1, warmUp: 0, inFlight: 1 } as const;
    const [sdk, ours, fetch, ai] = (await interleave([SDK, OURS, FETCH, AI], rounds * 3, job)) as Figures<4>;
    report.ratio(`${provider}: llmux / SDK`, ours, sdk);
    report.ratio(`${provider}: llmux / raw fetch`, ours, fetch);
    report.ratio(`${provider}: llmux / AI SDK`, ours, ai);
    report.absolute("SDK", sdk, "ms");
    report.absolute("llmux", ours, "ms");
  }
};

const embed: Scenario = async ({ server, providers, rounds, scale }, report) => {
  report.heading("CPU to embed 2,048 values into 1,536 dimensions");
  for (const provider of providers) {
    if (provider !== "openai") continue;
    for (const encoding of ["base64", "json"] as const) {
      const job = {
        kind: "embed",
        provider,
        base: server,
        count: Math.ceil(10 * scale),
        warmUp: 3,
        inFlight: 1,
        encoding,
      } as const;
      const [sdk, ours, fetch] = (await interleave([SDK, OURS, FETCH], rounds, job)) as Figures<3>;
      report.ratio(`${provider} (${encoding}): llmux / SDK`, ours, sdk, encoding === "base64" ? BARS.embed : undefined);
      report.ratio(`${provider} (${encoding}): llmux / raw fetch`, ours, fetch);
      report.absolute(
        "SDK",
        sdk.map((value) => value / 1000),
        "ms",
      );
      report.absolute(
        "llmux",
        ours.map((value) => value / 1000),
        "ms",
      );
    }
  }
};

const throughput: Scenario = async ({ server, providers, rounds, scale }, report) => {
  report.heading("Requests per second, 64 in flight");
  for (const provider of providers) {
    const job = {
      kind: "throughput",
      provider,
      base: server,
      count: 5000 * scale,
      warmUp: 1500 * scale,
      inFlight: 64,
    } as const;
    const [sdk, ours, fast, sdkFast] = (await interleave([SDK, OURS, OURS_FAST, SDK_FAST], rounds, job)) as Figures<4>;
    report.ratio(`${provider}: llmux / SDK`, ours, sdk);
    report.ratio(`${provider}: llmux + transport / SDK`, fast, sdk, BARS.throughput);
    report.ratio(`${provider}: SDK + transport / SDK`, sdkFast, sdk);
    report.absolute("SDK", sdk, "/s");
    report.absolute("llmux + transport", fast, "/s");
  }
};

const bundle: Scenario = async ({ server, providers }, report) => {
  report.heading("Bundle of a streaming hello-world, minified: what core and adapter add to the SDK's own");
  for (const provider of providers) {
    const { sdk, llmux } = await weigh(provider, server);
    const exactly = (value: number): { median: number; min: number; max: number } => ({
      median: value,
      min: value,
      max: value,
    });
    report.line(`${provider}: loaded`, exactly(llmux.loaded - sdk.loaded), "KB", BARS.bundle);
    report.line(
      `${provider}: loaded, gzipped`,
      exactly(llmux.loadedGzipped - sdk.loadedGzipped),
      "KB",
      BARS.bundleGzipped,
    );
    report.line(`${provider}: with what is never loaded`, exactly(llmux.total - sdk.total), "KB");
    report.line("  the SDK's own", exactly(sdk.loaded), "KB");
  }
};

/** As many lists of figures as there are contenders. */
type Figures<N extends number, List extends number[][] = []> = List["length"] extends N
  ? List
  : Figures<N, [...List, number[]]>;

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  call,
  burst: stream("burst"),
  single: stream("single"),
  import: coldImport,
  first: firstAnswer,
  embed,
  throughput,
  bundle,
};
