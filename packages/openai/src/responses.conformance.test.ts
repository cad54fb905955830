import { describeConformance } from "@llmux/testkit/vitest";
import { responsesConformanceOptions } from "./testing/conformance.ts";

describeConformance(responsesConformanceOptions);
