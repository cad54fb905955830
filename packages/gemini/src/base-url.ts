/** A version of Google's APIs at the end of a URL: `v1`, `v1beta`, `v1beta1`, `v1alpha`. */
const VERSION = /\/(v1(?:(?:alpha|beta)\d*)?)\/*$/;

/** A base URL without the API's version, which the SDK adds itself, and which many write into the URL. */
export function splitVersion(url: string): { baseURL: string; apiVersion: string | undefined } {
  const match = VERSION.exec(url);
  return match ? { baseURL: url.slice(0, match.index), apiVersion: match[1] } : { baseURL: url, apiVersion: undefined };
}
