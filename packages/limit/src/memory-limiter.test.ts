import { describe } from "vitest";
import { memoryLimiter } from "./memory-limiter.js";
import { limiterSuite } from "./testing/limiter-suite.js";

describe("in memory", () => limiterSuite(memoryLimiter, ({ at }) => at));
