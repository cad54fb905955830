import { connectionFacts } from "./connection-facts.js";
import { isLLMError, LLMError, type LLMErrorInit } from "./errors.js";
import type { HostedCall } from "./hosted-call.js";
import type { CallOptions } from "./request.js";
import { redact, redactCause, secretHeaderValues } from "./secrets.js";
import { faultError } from "./stream-failure.js";
import { StreamFault } from "./stream-fault.js";
import { withErrorFacts } from "./with-error-facts.js";

/**
 * What an adapter threw in terms of the taxonomy, complete, with no key in it. Loaded when something has failed.
 *
 * @returns an `LLMError`, or for what is not the provider's doing (a bug) the thing itself, without keys
 */
export async function failureOf(thrown: unknown, { host, model, options }: HostedCall): Promise<unknown> {
  const error = thrown instanceof StreamFault ? faultError(thrown, host.name) : thrown;
  const { headers } = options;
  const secrets = [...host.secrets, ...secretHeaderValues(headers)];
  const whose = { provider: host.id, model: model || undefined };
  if (isLLMError(error)) {
    const facts: Partial<LLMErrorInit> = {};
    if (error.provider === undefined) Object.assign(facts, whose);
    const cause = redactCause(error.cause, secrets);
    if (cause !== error.cause) facts.cause = cause;
    return withErrorFacts(error, Object.assign(facts, redactFacts(error, secrets)));
  }
  const facts = (await host.backend.toError?.(error)) ?? connectionFacts(error) ?? commonFault(error, headers);
  if (!facts) return redactCause(error, secrets);
  const cause = redactCause("cause" in facts ? facts.cause : error, secrets);
  return new LLMError({ ...facts, ...whose, ...redactFacts(facts, secrets), cause });
}

/** What of a failure's words held a key, without it. A server may echo the key that it refused in any of them. */
function redactFacts(facts: LLMErrorInit, secrets: readonly string[]): Partial<LLMErrorInit> {
  const clean: Partial<LLMErrorInit> = {};
  for (const field of ["message", "text", "code", "requestId"] as const) {
    const value = facts[field];
    if (typeof value !== "string") continue;
    const shown = redact(value, secrets);
    if (shown !== value) clean[field] = shown;
  }
  return clean;
}

/** Failures that look like bugs and are not, whatever the adapter: a header that can't be sent, and JSON that is none. */
function commonFault(error: unknown, headers: CallOptions["headers"]): LLMErrorInit | undefined {
  if (error instanceof TypeError) {
    for (const [name, value] of Object.entries(headers ?? {})) {
      try {
        new Headers([[name, value]]);
      } catch {
        const parameter = `headers[${JSON.stringify(name)}]`;
        return {
          kind: "invalid-request",
          parameter,
          message: `${parameter} can't be sent: a header's name or value holds characters that none may hold, such as a line end`,
        };
      }
    }
  }
  // An engine throws one for an adapter's own code before any call.
  if (error instanceof SyntaxError)
    return { kind: "malformed-response", message: `The provider's answer is not JSON: ${error.message}` };
  return undefined;
}
