import { connectionFacts } from "./connection-facts.js";
import { isLLMError, LLMError, type LLMErrorInit } from "./errors.js";
import type { HostedCall } from "./hosted-call.js";
import { redact, redactCause, secretHeaderValues } from "./secrets.js";
import { withErrorFacts } from "./with-error-facts.js";

/**
 * What an adapter threw in terms of the taxonomy, complete, with no key in it. Loaded when something has failed.
 *
 * @returns an `LLMError`, or for what is not the provider's doing (a bug) the thing itself, without keys
 */
export async function failureOf(error: unknown, { host, model, headers }: HostedCall): Promise<unknown> {
  const secrets = [...host.secrets, ...secretHeaderValues(headers)];
  const whose = { provider: host.id, model: model || undefined };
  if (isLLMError(error)) {
    const facts: Partial<LLMErrorInit> = {};
    if (error.provider === undefined) Object.assign(facts, whose);
    const message = redact(error.message, secrets);
    if (message !== error.message) facts.message = message;
    const cause = redactCause(error.cause, secrets);
    if (cause !== error.cause) facts.cause = cause;
    if (error.text !== undefined) facts.text = redact(error.text, secrets);
    return withErrorFacts(error, facts);
  }
  const facts = (await host.backend.toError?.(error)) ?? connectionFacts(error);
  if (!facts) return redactCause(error, secrets);
  const text = facts.text === undefined ? undefined : redact(facts.text, secrets);
  return new LLMError({
    ...facts,
    ...whose,
    text,
    message: redact(facts.message, secrets),
    cause: redactCause("cause" in facts ? facts.cause : error, secrets),
  });
}
