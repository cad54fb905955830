import { isLLMError, LLMError } from "@llmux/core/adapter";
import { connectionFacts } from "@llmux/core/failures";
import type { AzureConfig } from "./adapter.js";

/** A credential of `@azure/identity`, or anything of its shape. */
export interface AzureCredential {
  getToken(scope: string): Promise<AzureToken | null>;
}

export interface AzureToken {
  token: string;
  /** Milliseconds since 1970. */
  expiresOnTimestamp: number;
  /** When it is best renewed; milliseconds since 1970. */
  refreshAfterTimestamp?: number | undefined;
}

/** What Azure OpenAI's tokens are for, in Azure's public cloud. */
const SCOPE = "https://cognitiveservices.azure.com/.default";

/** Before its end a token is renewed, in milliseconds. */
const MARGIN = 5 * 60_000;

/**
 * Tokens of Microsoft Entra ID. A token is kept until it is to be renewed, and asked for once however many calls wait for it: not
 * every credential does that by itself (the Azure CLI's starts a process each time).
 *
 * @param credential Left out: `DefaultAzureCredential` of `@azure/identity`, which is imported when the first token is needed.
 */
export function tokenProvider(credential?: AzureCredential, scope: string = SCOPE): () => Promise<string> {
  let token: AzureToken | undefined;
  let pending: Promise<AzureToken> | undefined;
  const renew = async (): Promise<AzureToken> => {
    credential ??= await defaultCredential();
    const fresh = await credential.getToken(scope);
    if (!fresh) throw new Error("the credential gave none");
    token = fresh;
    return fresh;
  };
  return async () => {
    if (token && Date.now() < (token.refreshAfterTimestamp ?? token.expiresOnTimestamp - MARGIN)) return token.token;
    pending ??= renew().finally(() => {
      pending = undefined;
    });
    return (await pending).token;
  };
}

/** Where a configuration without a key gets its tokens from. */
export function tokensOf(config: AzureConfig): () => Promise<string> {
  return explainFailures(config.azureADTokenProvider ?? tokenProvider(config.credential, config.scope));
}

/** The same tokens, with failures in terms of the taxonomy. */
export function explainFailures(provider: () => Promise<string>): () => Promise<string> {
  return async () => {
    try {
      return await provider();
    } catch (cause) {
      if (isLLMError(cause)) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const kind = connectionFacts(cause)?.kind ?? "authentication";
      throw new LLMError({ kind, message: `Can't get a token of Microsoft Entra ID: ${reason}`, cause });
    }
  };
}

async function defaultCredential(): Promise<AzureCredential> {
  // Caught right here, so that bundlers take the package to be optional too.
  const identity = await import("@azure/identity").catch((cause: unknown) => {
    throw new LLMError({
      kind: "authentication",
      message:
        "Azure OpenAI has no API key (AZURE_OPENAI_API_KEY or the option apiKey), and to sign in with Microsoft Entra ID " +
        "instead the package @azure/identity is needed: npm install @azure/identity",
      cause,
    });
  });
  return new identity.DefaultAzureCredential();
}
