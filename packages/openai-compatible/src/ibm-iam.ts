import { LLMError } from "@llmux/core/adapter";
import type { ClientOptions } from "openai";

type Fetch = NonNullable<ClientOptions["fetch"]>;

interface IAMToken {
  access_token?: string;
  /** Seconds since 1970. */
  expiration?: number;
  errorMessage?: string;
}

const URL = "https://iam.cloud.ibm.com/identity/token";
/** A token is renewed so many milliseconds before its end. */
const MARGIN = 5 * 60_000;

/**
 * Gives tokens of IBM Cloud's IAM for an API key, each until shortly before its end
 * (https://cloud.ibm.com/docs/account?topic=account-iamtoken_from_apikey). What is a token already is given as it is.
 *
 * @throws LLMError `authentication` for a key that IAM refuses, `connection` or `server` where IAM can't be reached or is out of order
 */
export function tokensOf(apiKey: string, fetch: Fetch = globalThis.fetch): () => Promise<string> {
  if (apiKey.startsWith("eyJ")) return () => Promise.resolve(apiKey);
  let token: Promise<string> | undefined;
  let until = 0;
  return () => {
    if (token === undefined || Date.now() >= until) {
      // While it is being asked for, others wait for the same one.
      until = Number.POSITIVE_INFINITY;
      token = exchange(apiKey, fetch).then(
        (made) => {
          until = made.until;
          return made.token;
        },
        (error: unknown) => {
          token = undefined;
          throw error;
        },
      );
    }
    return token;
  };
}

async function exchange(apiKey: string, fetch: Fetch): Promise<{ token: string; until: number }> {
  const body = new URLSearchParams({ grant_type: "urn:ibm:params:oauth:grant-type:apikey", apikey: apiKey }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
  let response: Response;
  try {
    response = await fetch(URL, { method: "POST", headers, body });
  } catch (cause) {
    throw new LLMError({ kind: "connection", message: `Can't reach ${URL} for a token`, cause });
  }
  const answer = (await response.json().catch(() => undefined)) as IAMToken | null | undefined;
  if (response.ok && answer?.access_token) {
    const until = answer.expiration === undefined ? 0 : answer.expiration * 1000 - MARGIN;
    return { token: answer.access_token, until };
  }
  const { status } = response;
  throw new LLMError({
    kind: status >= 500 ? "server" : "authentication",
    status,
    message: `IBM Cloud's IAM gives no token for the key: ${answer?.errorMessage ?? `it answered ${status}`}`,
  });
}
