import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  // The package's own `imports` lead to what was built; the tests are of the source.
  test: { setupFiles: ["./src/testing/preload.ts"] },
  resolve: { alias: { "#import-adapter": fileURLToPath(new URL("./src/import-adapter.node.ts", import.meta.url)) } },
});
export default config;
