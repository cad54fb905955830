import type { LLMBackend } from "@llmux/core";
import type { Deployment } from "./deployment.js";
import type { Member } from "./member.js";
import type { ProbeOptions } from "./options.js";

/** Asks deployments that are not called whether they are back. Sleeps while all are well. */
export class Prober {
  readonly #underWay = new Set<Member>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    private readonly members: readonly Member[],
    private readonly options: ProbeOptions & { every: number; timeout: number },
  ) {}

  /** A deployment may need a probe. */
  wake(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => this.#round(), this.options.every);
    (this.#timer as { unref?(): void }).unref?.();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #round(): void {
    this.#timer = undefined;
    const asked = this.members.filter(({ health }) => health.wantsProbe(Date.now()));
    if (asked.length === 0) return;
    for (const member of asked) if (!this.#underWay.has(member)) void this.#probe(member);
    this.wake();
  }

  async #probe(member: Member): Promise<void> {
    this.#underWay.add(member);
    const { probe = cheapest, timeout, every } = this.options;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error("The probe took too long"));
        controller.abort();
      }, timeout);
    });
    try {
      await Promise.race([probe(member.deployment, controller.signal), late]);
      member.health.probed(Date.now());
    } catch {
      // A failure before the next probe's answer may come is no news.
      member.health.probeFailed(every + timeout, Date.now());
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(member);
    }
  }
}

function cheapest({ backend, model }: Deployment, signal: AbortSignal): Promise<unknown> {
  const { listModels, generate }: LLMBackend = backend;
  return listModels
    ? listModels.call(backend, { signal })
    : generate.call(backend, { model, messages: [{ role: "user", content: "Hi" }], maxTokens: 1, signal });
}
