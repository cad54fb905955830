/** What an endpoint says, in whichever form it was copied from the portal. */
export interface AzureEndpoint {
  /**
   * `deployments`: the dated API, with the deployment in the path; `v1`: the API without dates, with the deployment as the model;
   * `models`: Azure AI model inference, likewise.
   */
  kind: "deployments" | "v1" | "models";
  /** What paths such as `/chat/completions` are added to (for `deployments`, after the deployment's own piece). */
  baseURL: string;
  /** The deployment that the URL names, by the call that it is a URL for: `generate` (and `stream`) where it does not say. */
  deployments: Readonly<Partial<Record<DeployedCall, string>>>;
  /** The API that the URL is for, where it is one beside Chat Completions. */
  api: "responses" | "completions" | undefined;
  apiVersion: string | undefined;
}

/** The calls that go to a deployment. */
export type DeployedCall = "generate" | "embed" | "transcribe" | "speak" | "generateImage";

/** The calls that a deployment's full URL is for, by the end of its path; those that are not here are for `generate`. */
const CALLS: Readonly<Record<string, DeployedCall>> = {
  embeddings: "embed",
  transcriptions: "transcribe",
  speech: "speak",
  generations: "generateImage",
  edits: "generateImage",
};

const OPERATION =
  /\/((chat\/)?completions|responses|embeddings|audio\/(transcriptions|speech)|images\/(generations|edits))$/;

/**
 * Reads an endpoint: `https://NAME.openai.azure.com`, the same with `/openai` or `/openai/v1`, a full URL of a deployment
 * (`…/openai/deployments/NAME/chat/completions?api-version=…`), or any of these behind a gateway's own path.
 */
export function parseEndpoint(text: string): AzureEndpoint {
  const { origin, pathname, searchParams } = new URL(text);
  const whole = pathname.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  const path = whole.replace(OPERATION, "");
  const operation = whole.slice(path.length + 1);
  const [, before, named] = /^(.*)\/deployments\/([^/]+)$/.exec(path) ?? [];
  const undated = named ? undefined : (/\/(v1|models)$/.exec(path)?.[1] as "v1" | "models" | undefined);
  return {
    kind: undated ?? "deployments",
    baseURL: origin + (before ?? (undated ? path : path.replace(/(\/openai)?$/, "/openai"))),
    deployments: named ? { [CALLS[operation.replace(/.*\//, "")] ?? "generate"]: decodeURIComponent(named) } : {},
    api: /^(responses|completions)$/.exec(operation)?.[0] as AzureEndpoint["api"],
    apiVersion: searchParams.get("api-version") ?? undefined,
  };
}
