import { tell } from "@llmux/core";
import type { Deployment } from "./deployment.js";
import { Health } from "./health.js";
import { Hedging } from "./hedging.js";
import { Member } from "./member.js";
import { Pool } from "./pool.js";
import { Prober } from "./prober.js";
import type { Settings } from "./settings.js";

/** The deployments of one model with all that goes on around them: health that is shared, probed and told of. */
export class Group {
  readonly pool: Pool;
  readonly hedging: Hedging | undefined;
  readonly #prober: Prober | undefined;
  readonly #unwatch: (() => void) | undefined;

  constructor(
    /** As the application names the model; `undefined` where it is the only group. */
    readonly name: string | undefined,
    deployments: readonly Deployment[],
    readonly settings: Settings,
  ) {
    const members = deployments.map((deployment) => {
      const member: Member = new Member(deployment, new Health(settings, () => this.#changed(member)));
      return member;
    });
    this.pool = new Pool(name ?? "the model", members, settings);
    this.hedging = settings.hedge && new Hedging(settings.hedge);
    this.#prober = settings.probe && new Prober(members, settings.probe);
    const byName = new Map(members.map((member) => [this.#sharedName(member), member]));
    this.#unwatch = settings.shared?.watch([...byName.keys()], {
      heard: (shared, outage) => this.#heard(byName.get(shared), outage),
      lost: () => {
        for (const member of members) {
          const outage = member.health.outage(Date.now());
          if (outage) settings.shared?.publish(this.#sharedName(member), outage);
        }
      },
    });
  }

  close(): void {
    this.#prober?.close();
    this.#unwatch?.();
  }

  #changed(member: Member): void {
    this.settings.shared?.publish(this.#sharedName(member), member.health.outage(Date.now()));
    this.#told(member);
  }

  #heard(member: Member | undefined, outage: Parameters<Health["learn"]>[0] | undefined): void {
    if (!member) return;
    const before = member.health.state(Date.now());
    if (outage) member.health.learn(outage, Date.now());
    else member.health.forget(Date.now());
    if (member.health.state(Date.now()) !== before) this.#told(member);
  }

  #told(member: Member): void {
    const { health, deployment } = member;
    const now = Date.now();
    const state = health.state(now);
    if (state !== "well") this.#prober?.wake();
    tell(this.settings.onHealth, {
      group: this.name,
      deployment: deployment.name,
      state,
      until: health.until > now ? new Date(health.until) : undefined,
      kind: health.kind,
    });
  }

  #sharedName({ deployment }: Member): string {
    return this.name === undefined ? deployment.name : `${this.name}/${deployment.name}`;
  }
}
