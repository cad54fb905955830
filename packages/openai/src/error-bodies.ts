import type { ClientOptions } from "openai";

type Fetch = NonNullable<ClientOptions["fetch"]>;

/**
 * `@llmux/openai/error-bodies`, for adapters of other hosts: apart from the wire, for it is needed only beside the SDK.
 *
 * The SDK keeps of an error's body only what is under `error`, and so loses all that FastAPI, vLLM, Mistral or Databricks say, who
 * answer with the error itself. With this `fetch` every error comes to it in the form that it knows.
 */
export function keepErrorBodies(fetch: Fetch | undefined): Fetch {
  return async (url, init) => {
    const response = await (fetch ?? globalThis.fetch)(url, init);
    return response.ok ? response : (await import("./with-error-object.js")).withErrorObject(response);
  };
}
