import { type AdapterBackend, LLMError } from "@llmux/core/adapter";
import { splitVersion } from "./base-url.js";
import type { Connection } from "./connection.js";
import type { VertexAIConfig } from "./vertex-ai.js";

/** The longest that a timer holds: core keeps the time. */
const NO_TIMEOUT = 2 ** 31 - 1;

const PACKAGES = ["@llmux/anthropic", "@anthropic-ai/vertex-sdk"] as const;

/**
 * Claude on Vertex AI: Anthropic's own protocol and translation, over Anthropic's own client for that cloud. Both packages are the
 * application's to install.
 * @throws LLMError `unsupported` that says which are missing
 */
export async function createClaudeBackend(config: VertexAIConfig, connection: Connection): Promise<AdapterBackend> {
  const [wire, sdk] = await Promise.all([
    // Caught right here, so that bundlers take the packages to be optional too.
    import("@llmux/anthropic/wire").catch(missing),
    import("@anthropic-ai/vertex-sdk").catch(missing),
  ]);
  if (!wire || !sdk) {
    const absent = PACKAGES.filter((_, index) => ![wire, sdk][index]);
    const message = `Claude on Vertex AI needs ${absent.join(" and ")} as well: npm install ${absent.join(" ")}`;
    throw new LLMError({ kind: "unsupported", parameter: "model", message });
  }
  const { project, location = "global", fetch, headers } = config;
  if (!project) {
    const message =
      "Claude on Vertex AI needs a project: GOOGLE_CLOUD_PROJECT or the option project. Express mode has no Claude";
    throw new LLMError({ kind: "invalid-request", parameter: "project", message });
  }
  const client = new sdk.AnthropicVertex({
    projectId: project,
    region: location,
    // Given, since the SDK would look for it in the environment.
    baseURL: `${config.baseURL === undefined ? endpoint(location) : splitVersion(config.baseURL).baseURL}/v1`,
    maxRetries: 0,
    timeout: NO_TIMEOUT,
    fetch,
    defaultHeaders: headers,
    // The credentials that Gemini is called with. The SDK asks nothing else of a client.
    authClient: { getRequestHeaders: () => connection.authHeaders() } as never,
  });
  // Off on Vertex AI until an organisation's policy allows it, and there for newer models only:
  // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/structured_outputs
  return wire.createAnthropicBackend({ client }, { structuredOutput: false });
}

function missing(error: unknown): undefined {
  // A loader may wrap what Node says.
  for (const { code, message } of [error, (error as Error).cause ?? {}] as { code?: string; message?: string }[]) {
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return undefined;
    if (/(cannot|can't|could not|failed to) (find|resolve|load|fetch)/i.test(message ?? "")) return undefined;
  }
  throw error;
}

/** https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude */
function endpoint(location: string): string {
  if (location === "global") return "https://aiplatform.googleapis.com";
  if (location === "us" || location === "eu") return `https://aiplatform.${location}.rep.googleapis.com`;
  return `https://${location}-aiplatform.googleapis.com`;
}
