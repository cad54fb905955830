import type { LLMErrorInit } from "./errors.js";

/** Node's, undici's, OpenSSL's and Bun's codes for a connection that failed; not those of a wrong argument or a missing file. */
const CONNECTION =
  /^(E(CONN[A-Z]+|PIPE|NOTFOUND|AI_[A-Z]+|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|NETRESET|ADDRNOTAVAIL|PROTO)|ERR_(STREAM_PREMATURE_CLOSE|SOCKET|HTTP2)|UND_ERR_(?!INVALID|ABORTED)|HPE_|Connection|FailedToOpenSocket)/;

/** Those of a connection that stood, or may have. */
const LOST = /^(E(CONNRESET|CONNABORTED|PIPE|PROTO)|ERR_(STREAM_PREMATURE_CLOSE|HTTP2)|UND_ERR_|HPE_|ConnectionClosed)/;

/** Connection failures that the next attempt will meet again. */
const PERMANENT = /^(ENOTFOUND|ERR_INVALID_URL|ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/**
 * The facts of a failure to reach the provider or to hear it out, told from Node's, undici's and the browsers' errors, however
 * deep in the chain of causes; `undefined` where the error is something else.
 */
export function connectionFacts(error: unknown, url?: string): LLMErrorInit | undefined {
  const where = url ? ` ${url}` : " the provider";
  let said: string | undefined;
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    const nested = (at as AggregateError).errors?.[0];
    const code = (at as { code?: unknown }).code ?? (nested as { code?: unknown } | undefined)?.code;
    if (typeof code === "string" && /TIMEOUT|ETIMEDOUT/.test(code)) {
      return { kind: "timeout", message: `No answer from${where} in time (${code})`, code };
    }
    if (typeof code === "string" && (CONNECTION.test(code) || PERMANENT.test(code))) {
      const what = LOST.test(code) ? `The connection to${where} was lost` : `Can't reach${where}`;
      const message = `${what} (${code}${at.message ? `: ${at.message}` : ""})`;
      return { kind: "connection", message, code, retryable: !PERMANENT.test(code) };
    }
    const words = /fetch failed|failed to fetch|network ?error|load failed|terminated/i;
    if (said !== undefined || words.test(at.message) || (at.cause === undefined && /socket/i.test(at.message)))
      said = at.message;
  }
  return said === undefined ? undefined : { kind: "connection", message: `The connection to${where} failed: ${said}` };
}
