import { describeConformance } from "../vitest.ts";
import { referenceOptions } from "./reference-options.ts";

describeConformance(referenceOptions());
