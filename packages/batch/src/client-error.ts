import { isLLMError, LLMError } from "@llmux/core";
import { connectionFacts, kindFromStatus, redact, retryAfterFrom } from "@llmux/core/failures";

/** What the errors of both SDKs hold. */
interface ClientError extends Error {
  status?: number | undefined;
  headers?: Headers | undefined;
  code?: string | null | undefined;
  requestID?: string | null | undefined;
}

const QUOTA = /insufficient_quota|billing|credit balance/i;

/**
 * What a client of an SDK threw in terms of the taxonomy, without keys; as it is where that is not the provider's doing.
 *
 * @param apiKey the client's, where it has one: a provider may quote the key that it refused
 */
export function clientError(thrown: unknown, provider: string, apiKey: unknown): unknown {
  if (isLLMError(thrown) || !(thrown instanceof Error)) return thrown;
  const { status, headers, code, requestID } = thrown as ClientError;
  const message = redact(thrown.message, typeof apiKey === "string" ? [apiKey] : []);
  if (typeof status === "number") {
    const kind = QUOTA.test(`${code} ${message}`) ? "quota-exceeded" : kindFromStatus(status);
    const facts = { requestId: requestID ?? undefined, retryAfter: retryAfterFrom(headers) };
    return new LLMError({ kind, message, status, code: code ?? undefined, provider, ...facts });
  }
  const facts = connectionFacts(thrown);
  if (facts) return new LLMError({ ...facts, provider });
  // The SDKs' own errors of a connection have this field and no status.
  if (!("requestID" in thrown)) return thrown;
  return new LLMError({ kind: /timed? ?out/i.test(message) ? "timeout" : "connection", message, provider });
}
