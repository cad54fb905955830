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

type Options = CallOptions & { model?: string | undefined };

/** One call through an adapter: its warnings, and the way its failures are told. */
export class HostedCall extends Call implements CallContext {
  readonly warnings: Warning[] = [];
  /** A stream can be left at any time. */
  abortable = true;
  readonly model: string;

  constructor(
    readonly host: Host,
    readonly options: Options,
  ) {
    super(options.signal);
    this.model = options.model ?? "";
  }

  warn(warning: Warning): void {
    this.warnings.push(warning);
  }

  unsupported(parameter: string, why?: string): void {
    const message = `${this.host.name} does not support ${parameter}${why ? `: ${why}` : ""}`;
    if (!this.options.dropParams) throw new LLMError({ kind: "unsupported", parameter, message });
    this.warn({ type: "dropped", parameter, message: `${message}. It was left out.` });
  }

  /** To be awaited before anything else, so that the limits hold for it. @throws what has ended the call already */
  async begin(): Promise<void> {
    const { timeout } = this.options;
    if (timeout) {
      const { Limits } = await import("./limits.js");
      if (!this.ended) new Limits(this, timeout);
    }
    if (this.failure) throw this.failure;
  }

  /** An adapter's failure in terms of the taxonomy. */
  async toError(error: unknown): Promise<unknown> {
    return (await import("./failure.js")).failureOf(this.failure ?? error, this);
  }
}
