import type { LLMErrorKind } from "./errors.js";

/** What an HTTP status means where the provider's body says nothing more. */
export function kindFromStatus(status: number): LLMErrorKind {
  switch (status) {
    case 401:
      return "authentication";
    case 402:
      return "quota-exceeded";
    case 403:
      return "permission";
    case 404:
      return "not-found";
    case 408:
    case 504:
      return "timeout";
    case 429:
      return "rate-limit";
    case 503:
    case 529:
      return "overloaded";
    default:
      return status >= 500 ? "server" : "invalid-request";
  }
}
