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

/** The end of a deployment's full URL, and the call that it is for. */
const OPERATIONS: Readonly<Record<string, DeployedCall>> = {
  "chat/completions": "generate",
  completions: "generate",
  responses: "generate",
  embeddings: "embed",
  "audio/transcriptions": "transcribe",
  "audio/speech": "speak",
  "images/generations": "generateImage",
  "images/edits": "generateImage",
};

const OPERATION = new RegExp(`^(.*?)(?:/(${Object.keys(OPERATIONS).join("|")}))?$`);

/**
 * Reads an endpoint: `https://NAME.openai.azure.com`, the same with `/openai` or `/openai/v1`, a full URL of a deployment
 * (`…/openai/deployments/NAME/chat/completions?api-version=…`), or any of these behind a gateway's own path.
 */
export function parseEndpoint(text: string): AzureEndpoint {
  const url = new URL(text);
  const [, path = "", operation = ""] = OPERATION.exec(url.pathname.replace(/\/{2,}/g, "/").replace(/\/$/, "")) ?? [];
  const apiVersion = url.searchParams.get("api-version") ?? undefined;
  const at = (kind: AzureEndpoint["kind"], basePath: string, named?: string): AzureEndpoint => {
    const call = OPERATIONS[operation] ?? "generate";
    return {
      kind,
      baseURL: url.origin + basePath,
      deployments: named === undefined ? {} : { [call]: decodeURIComponent(named) },
      api: operation === "responses" || operation === "completions" ? operation : undefined,
      apiVersion,
    };
  };
  const [, before, named] = /^(.*)\/deployments\/([^/]+)$/.exec(path) ?? [];
  if (before !== undefined) return at("deployments", before, named);
  if (/\/v1$/.test(path)) return at("v1", path);
  if (/\/models$/.test(path)) return at("models", path);
  return at("deployments", /\/openai$/.test(path) ? path : `${path}/openai`);
}
