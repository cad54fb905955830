import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LLMBackend } from "@llmux/core";

/** Puts a policy around the bare backend, with the settings that an application would have. */
type Around = (backend: LLMBackend) => Promise<LLMBackend> | LLMBackend;

/** The policies that are measured, by name. Each is imported only in the process that measures it. */
export const POLICIES: Readonly<Record<string, Around>> = {
  async timeout(backend) {
    const { withTimeout } = await import("@llmux/core");
    return withTimeout(backend, { total: 60_000, firstEvent: 10_000, betweenEvents: 10_000 });
  },
  async retry(backend) {
    const { withRetry } = await import("@llmux/core");
    return withRetry(backend, { retries: 3 });
  },
  async cost(backend) {
    const { withCost } = await import("@llmux/prices");
    return withCost(backend);
  },
  async ledger(backend) {
    const { withLedger } = await import("@llmux/ledger");
    const { openLedger } = await import("@llmux/ledger/sqlite");
    const folder = mkdtempSync(join(tmpdir(), "llmux-bench-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    return withLedger(backend, { ledger: openLedger({ path: join(folder, "ledger.sqlite") }) });
  },
  async "cache, hits"(backend) {
    const { withCache } = await import("@llmux/cache");
    return withCache(backend);
  },
  async "cache, misses"(backend) {
    const { withCache } = await import("@llmux/cache");
    let calls = 0;
    // No two calls share answers, so that each is asked and kept.
    return withCache(backend, { scope: () => String(calls++) });
  },
  async budget(backend) {
    const { withBudget } = await import("@llmux/budget");
    const { priceOf } = await import("@llmux/prices");
    return withBudget(backend, {
      budgets: [
        { limit: { usd: 1_000_000 }, period: "month" },
        { limit: { usd: 1_000_000 }, per: "key", period: "day" },
        { limit: { tokens: 1e15 }, per: "user", period: "hour" },
      ],
      price: priceOf,
    });
  },
  async balance(backend) {
    const { balance } = await import("@llmux/balance");
    return balance({ deployments: Array.from({ length: 10 }, (_, index) => ({ name: `d${index}`, backend })) });
  },
  async limit(backend) {
    const { withLimit } = await import("@llmux/limit");
    return withLimit(backend, {
      limits: [
        { requests: 10_000_000, tokens: 2_000_000_000, parallel: 1000 },
        { requests: 10_000_000, parallel: 1000, per: "key" },
      ],
    });
  },
  async fallback(backend) {
    const { withFallback } = await import("@llmux/fallback");
    return withFallback(backend, { fallbacks: [{ backend, model: "claude-sonnet-4-5" }] });
  },
  async "telemetry, no SDK"(backend) {
    const { withTelemetry } = await import("@llmux/telemetry");
    return withTelemetry(backend);
  },
  async "telemetry, spans"(backend) {
    const { withTelemetry } = await import("@llmux/telemetry");
    const { tracerProvider } = await (await import("./sdk.ts")).registerSDK();
    return withTelemetry(backend, { tracerProvider });
  },
  async "telemetry, spans and metrics"(backend) {
    const { withTelemetry } = await import("@llmux/telemetry");
    return withTelemetry(backend, await (await import("./sdk.ts")).registerSDK());
  },
};

/** What is measured beside them, for comparison. */
export const PEERS: Readonly<Record<string, Around>> = {
  bare: (backend) => backend,
  async "spans by hand"(backend) {
    const { byHand } = await import("./by-hand.ts");
    const { tracerProvider } = await (await import("./sdk.ts")).registerSDK();
    return byHand(backend, { tracerProvider });
  },
  async "spans and metrics by hand"(backend) {
    const { byHand } = await import("./by-hand.ts");
    return byHand(backend, await (await import("./sdk.ts")).registerSDK());
  },
};

/**
 * What the bars are held against where it is not the bare backend. What the SDK costs is not telemetry's: an application that records the same by hand
 * pays it, too.
 */
export const AGAINST: Readonly<Record<string, string>> = {
  "telemetry, spans": "spans by hand",
  "telemetry, spans and metrics": "spans and metrics by hand",
};
