import type { AdapterBackend, CallContext } from "./adapter-backend.js";
import { Call } from "./call.js";
import { LLMError } from "./errors.js";
import type { CallOptions } from "./request.js";
import type { Warning } from "./warning.js";

/** What core knows of the adapter whose backend it stands around. */
export interface Host {
  readonly id: string;
  readonly name: string;
  readonly backend: AdapterBackend;
  /** Values that no error may hold. */
  readonly secrets: readonly string[];
}

/** One call through an adapter: its time limits, its warnings, and the way its failures are told. */
export class HostedCall extends Call implements CallContext {
  readonly warnings: Warning[] = [];
  readonly model: string;
  readonly headers: CallOptions["headers"];
  readonly #dropParams: boolean | undefined;

  constructor(
    readonly host: Host,
    options: CallOptions & { model?: string | undefined },
  ) {
    super(options);
    this.model = options.model ?? "";
    this.headers = options.headers;
    this.#dropParams = options.dropParams;
  }

  warn(warning: Warning): void {
    this.warnings.push(warning);
  }

  unsupported(parameter: string, why?: string): void {
    const message = `${this.host.name} does not support ${parameter}${why ? `: ${why}` : ""}`;
    if (!this.#dropParams) throw new LLMError({ kind: "unsupported", parameter, message });
    this.warn({ type: "dropped", parameter, message: `${message}. It was left out.` });
  }

  /** Runs one step of the call to its end. */
  async run<T>(step: (call: this) => Promise<T>): Promise<T> {
    try {
      if (this.failure) throw this.failure;
      return await this.race(step(this), this.timeouts.firstEvent, "answer");
    } catch (error) {
      throw await this.toError(error);
    } finally {
      this.end();
    }
  }

  /** An adapter's failure in terms of the taxonomy. */
  async toError(error: unknown): Promise<unknown> {
    const { failureOf } = await import("./failure.js");
    return failureOf(this.failure ?? error, this);
  }
}
