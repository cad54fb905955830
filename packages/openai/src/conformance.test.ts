import { describeConformance } from "@llmux/testkit/vitest";
import { conformanceOptions } from "./testing/conformance.ts";

describeConformance(conformanceOptions);
