import { mockBackend } from "@llmux/testkit";
import { expect, it } from "vitest";
import { balance } from "./balance.js";
import { createBalancer } from "./create-balancer.js";

const backend = mockBackend("x");
const deployments = [{ name: "a", backend }];

it.each<[string, object]>([
  ["deployments", { deployments: [] }],
  ["deployments", { deployments: undefined }],
  ["deployments", { deployments: [{ name: "", backend }] }],
  ["deployments", { deployments: [deployments[0], deployments[0]] }],
  ["deployments.a.backend", { deployments: [{ name: "a", backend: {} }] }],
  ["deployments.a.weight", { deployments: [{ name: "a", backend, weight: -1 }] }],
  ["deployments.a.weight", { deployments: [{ name: "a", backend, weight: Number.POSITIVE_INFINITY }] }],
  ["deployments.a.maxParallel", { deployments: [{ name: "a", backend, maxParallel: 0 }] }],
  ["deployments.a.rpm", { deployments: [{ name: "a", backend, rpm: Number.NaN }] }],
  ["deployments.a.tpm", { deployments: [{ name: "a", backend, tpm: -5 }] }],
  ["deployments.a.costPerToken", { deployments: [{ name: "a", backend, costPerToken: -1 }] }],
  [
    "deployments.a.costPerToken.input",
    { deployments: [{ name: "a", backend, costPerToken: { input: -1, output: 1 } }] },
  ],
  ["strategy", { strategy: "fastest" }],
  ["strategy", { strategy: "toString" }],
  ["maxTries", { maxTries: 0 }],
  ["maxTries", { maxTries: 1.5 }],
  ["whenAllCool", { whenAllCool: "wait" }],
  ["cooldown.base", { cooldown: { base: -1 } }],
  ["cooldown.max", { cooldown: { max: 2 ** 31 } }],
  ["cooldown.refused", { cooldown: { refused: Number.NaN } }],
  ["breaker.failures", { breaker: { failures: 0 } }],
  ["breaker.openFor", { breaker: { openFor: -1 } }],
  ["breaker.maxOpenFor", { breaker: { openFor: 1, maxOpenFor: -1 } }],
  ["breaker.trials", { breaker: { trials: 0.5 } }],
  ["affinity.load", { affinity: { load: 0.9 } }],
  ["hedge.after", { hedge: { after: -1 } }],
  ["hedge.after", { hedge: { after: "p100" } }],
  ["hedge.after", { hedge: { after: "95%" } }],
  ["hedge.max", { hedge: { after: "p95", max: 0 } }],
  ["hedge.share", { hedge: { after: 100, share: 0 } }],
  ["probe.every", { probe: { every: 0 } }],
  ["probe.timeout", { probe: { timeout: -1 } }],
])("refuses at once %s in %o", (parameter, options) => {
  expect(() => balance({ deployments, ...options })).toThrow(
    expect.objectContaining({
      kind: "invalid-request",
      parameter,
      message: expect.stringMatching(`^${parameter} must`),
    }),
  );
});

it("names the group where there are several", () => {
  expect(() => createBalancer({ models: {} })).toThrow(expect.objectContaining({ parameter: "models" }));
  expect(() => createBalancer({ models: { "gpt-4o": [] } })).toThrow(
    expect.objectContaining({ parameter: "models.gpt-4o" }),
  );
  expect(() => createBalancer({ models: { "gpt-4o": { deployments, maxTries: 0 } } })).toThrow(
    expect.objectContaining({ parameter: "maxTries" }),
  );
});

it("takes options that fit only each other", () => {
  balance({ deployments, cooldown: { max: 100 }, breaker: { maxOpenFor: 10 } });
  balance({ deployments, cooldown: { base: 100_000 }, breaker: { openFor: 1_000_000 } });
  balance({ deployments, hedge: { after: "p99.5" }, affinity: { load: 1 }, probe: true });
});
