import { describeConformance } from "@llmux/testkit/vitest";
import { describe } from "vitest";
import { conformanceOptions } from "./testing/conformance.ts";

for (const options of conformanceOptions) {
  const { name } = options.adapter({ baseURL: "http://127.0.0.1:9", apiKey: "none" });
  describe(name, () => describeConformance(options));
}
