/** One variant at a time in a thread of its own, since it replaces the thread's clock. */
import { parentPort } from "node:worker_threads";
import { type Job, simulate } from "./simulate.ts";

parentPort!.on("message", async (job: Job) => parentPort!.postMessage(await simulate(job)));
