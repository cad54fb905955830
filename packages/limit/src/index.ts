export type { Limit, Subject, Window } from "./limit.js";
export type { Claim, Level, LimitStore, Refused, Taken } from "./limit-store.js";
export type { LimitedCall } from "./limited-call.js";
export { memoryLimiter } from "./memory-limiter.js";
export type { LimitStatus, WaitNotice, WithLimitOptions } from "./options.js";
export { type Limited, withLimit } from "./with-limit.js";
