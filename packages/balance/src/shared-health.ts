import type { Outage } from "./health.js";

/** Where the processes of an application tell each other which deployments not to call. No method throws or waits. */
export interface SharedHealth {
  /** From now on `heard` is told what others publish of these deployments, by their shared names. @returns how to end it */
  watch(names: readonly string[], watcher: SharedWatcher): () => void;
  /** @param outage `undefined`: the deployment is well again */
  publish(name: string, outage: Outage | undefined): void;
}

export interface SharedWatcher {
  /** @param outage `undefined`: what was published before is taken back */
  heard(name: string, outage: Outage | undefined): void;
  /** What this process knows is wanted again, since the place where it was shared may have lost it. */
  lost(): void;
}
