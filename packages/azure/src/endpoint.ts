/** What an endpoint says, in whichever form it was copied from the portal. */
export interface AzureEndpoint {
  /**
   * `deployments`: the dated API, with the deployment in the path; `v1`: the API without dates, with the deployment as the model;
   * `models`: Azure AI model inference, likewise.
   */
  kind: "deployments" | "v1" | "models";
  /** What paths such as `/chat/completions` are added to (for `deployments`, after the deployment's own piece). */
  baseURL: string;
  /** The deployment that the URL names, for all but embeddings. */
  deployment: string | undefined;
  /** The deployment that the URL names, where it is a URL for embeddings. */
  embeddingDeployment: string | undefined;
  apiVersion: string | undefined;
}

/**
 * Reads an endpoint: `https://NAME.openai.azure.com`, the same with `/openai` or `/openai/v1`, a full URL of a deployment
 * (`…/openai/deployments/NAME/chat/completions?api-version=…`), or any of these behind a gateway's own path.
 */
export function parseEndpoint(text: string): AzureEndpoint {
  const url = new URL(text);
  const [, path = "", operation] =
    /^(.*?)(?:\/(chat\/completions|completions|embeddings|responses))?$/.exec(
      url.pathname.replace(/\/{2,}/g, "/").replace(/\/$/, ""),
    ) ?? [];
  const apiVersion = url.searchParams.get("api-version") ?? undefined;
  const at = (kind: AzureEndpoint["kind"], basePath: string, named?: string): AzureEndpoint => {
    const name = named === undefined ? undefined : decodeURIComponent(named);
    const embeds = operation === "embeddings";
    return {
      kind,
      baseURL: url.origin + basePath,
      deployment: embeds ? undefined : name,
      embeddingDeployment: embeds ? name : undefined,
      apiVersion,
    };
  };
  const [, before, named] = /^(.*)\/deployments\/([^/]+)$/.exec(path) ?? [];
  if (before !== undefined) return at("deployments", before, named);
  if (/\/v1$/.test(path)) return at("v1", path);
  if (/\/models$/.test(path)) return at("models", path);
  return at("deployments", /\/openai$/.test(path) ? path : `${path}/openai`);
}
