import { defineConfig } from "vitest/config";

export default defineConfig({
  // Installing from a registry and running every block of the documentation takes its time.
  test: { testTimeout: 180_000, hookTimeout: 180_000, include: ["src/**/*.test.ts"] },
});
