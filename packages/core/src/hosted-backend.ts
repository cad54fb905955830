import type { AdapterBackend, AdapterRequest, AdapterResult, CallContext } from "./adapter-backend.js";
import type { LLMBackend } from "./backend.js";
import { Call } from "./call.js";
import { completeResult } from "./complete-result.js";
import { isLLMError, LLMError, type LLMErrorInit, withErrorFacts } from "./errors.js";
import { connectionFacts } from "./http-facts.js";
import { HostedStream } from "./hosted-stream.js";
import { normalizeRequest, requireModel } from "./normalize-request.js";
import type { CallOptions } from "./request.js";
import { redact, redactCause, secretHeaderValues } from "./secrets.js";
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
export class HostedCall implements CallContext {
  readonly call: Call;
  readonly warnings: Warning[] = [];
  readonly model: string;

  constructor(
    readonly host: Host,
    private readonly options: CallOptions & { model?: string | undefined },
  ) {
    this.model = options.model ?? "";
    this.call = new Call(options);
  }

  get signal(): AbortSignal {
    return this.call.signal;
  }

  warn(warning: Warning): void {
    this.warnings.push(warning);
  }

  unsupported(parameter: string, why?: string): void {
    const message = `${this.host.name} does not support ${parameter}${why ? `: ${why}` : ""}`;
    if (!this.options.dropParams) throw new LLMError({ kind: "unsupported", parameter, message });
    this.warn({ type: "dropped", parameter, message: `${message}. It was left out.` });
  }

  /** Runs one step of the call to its end. */
  async run<T>(step: () => Promise<T>): Promise<T> {
    try {
      if (this.call.failure) throw this.call.failure;
      return await this.call.race(step(), this.call.timeouts.firstEvent, "answer");
    } catch (error) {
      throw this.toError(error);
    } finally {
      this.call.end();
    }
  }

  /** An adapter's failure in terms of the taxonomy, complete, with no key in it. */
  toError(error: unknown): unknown {
    const { host, model } = this;
    const failure = this.call.failure ?? error;
    const secrets = [...host.secrets, ...secretHeaderValues(this.options.headers)];
    const whose = { provider: host.id, model: model || undefined };
    if (isLLMError(failure)) {
      const facts: Partial<LLMErrorInit> = {};
      if (failure.provider === undefined) Object.assign(facts, whose);
      const message = redact(failure.message, secrets);
      if (message !== failure.message) facts.message = message;
      const cause = redactCause(failure.cause, secrets);
      if (cause !== failure.cause) facts.cause = cause;
      if (failure.text !== undefined) facts.text = redact(failure.text, secrets);
      return withErrorFacts(failure, facts);
    }
    const facts = host.backend.toError?.(failure, this) ?? connectionFacts(failure);
    if (!facts) return redactCause(failure, secrets);
    const text = facts.text === undefined ? undefined : redact(facts.text, secrets);
    return new LLMError({
      cause: redactCause(failure, secrets),
      ...facts,
      ...whose,
      text,
      message: redact(facts.message, secrets),
    });
  }
}

/** The `LLMBackend` around an adapter's translation. */
export function hostBackend(host: Host): LLMBackend {
  const { id, backend } = host;
  const hosted: LLMBackend = {
    provider: id,
    generate(request) {
      const call = new HostedCall(host, request);
      return call.run(async () => {
        const normalized = normalizeRequest(request);
        const result: AdapterResult = await backend.generate(normalized, call);
        return completeResult(result, { provider: id, model: normalized.model, warnings: call.warnings, output: request.output });
      });
    },
    stream: (request) => new HostedStream(host, request),
  };
  if (backend.embed) {
    hosted.embed = (request) => {
      const call = new HostedCall(host, request);
      return call.run(async () => {
        const { signal: _s, timeout: _t, dropParams: _d, ...rest } = request;
        const model = requireModel(request.model);
        requireValues(request.values);
        const result = await backend.embed!({ ...rest, model }, call);
        return { ...result, provider: id, model, warnings: call.warnings };
      });
    };
  }
  if (backend.listModels) {
    hosted.listModels = (request = {}) => {
      const call = new HostedCall(host, request);
      return call.run(async () => backend.listModels!(request, call));
    };
  }
  if (backend.countTokens) {
    hosted.countTokens = (request) => {
      const call = new HostedCall(host, request);
      return call.run(async () => backend.countTokens!(normalizeRequest(request) as AdapterRequest, call));
    };
  }
  return hosted;
}

function requireValues(values: readonly string[]): void {
  if (!Array.isArray(values) || !values.every((value) => typeof value === "string")) {
    throw new LLMError({ kind: "invalid-request", parameter: "values", message: "values must be an array of strings" });
  }
}
