/** What the application says. */
export interface {{type}}Config {
  /** From `{{variable}}_API_KEY`. */
  apiKey?: string | undefined;
  /** From `{{variable}}_BASE_URL`. Default `https://api.{{file}}.example/v1`. */
  baseURL?: string | undefined;
  /** Instead of the global one. */
  fetch?: typeof fetch | undefined;
}
