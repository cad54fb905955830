import { describeConformance } from "@llmux/testkit/vitest";
import { conformanceOptions } from "./testing/conformance.js";

describeConformance(conformanceOptions);
