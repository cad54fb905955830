import { defineConfig } from "vitest/config";

export default defineConfig({
  // Two at once on any machine: they wait for a registry and for compilers more than they compute, and of two processors vitest leaves one free.
  // Installing from a registry and running every block of the documentation takes its time.
  test: { testTimeout: 600_000, hookTimeout: 600_000, maxWorkers: 2, include: ["src/**/*.test.ts"] },
});
