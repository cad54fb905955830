export { type Expected, mismatches, type Outcome, outcomeOf } from "./expected.ts";
export { random, recut } from "./random.ts";
export { type Recording, recordings, wireBytes } from "./recordings.ts";
export { type ReplayOptions, ReplayServer } from "./replay-server.ts";
export { describeWith, missingServices, SERVICES, type Service } from "./services.ts";
export { SeverableProxy } from "./severable-proxy.ts";
