/**
 * Provider-specific request parameters, by adapter id. An adapter types its own by augmenting this interface:
 * `declare module "@llmux/core" { interface ProviderOptions { acme?: AcmeOptions } }`.
 */
export interface ProviderOptions {
  [provider: string]: object | undefined;
}

/** Provider-specific facts about a response or a part of it, by adapter id. Plain JSON. */
export interface ProviderMetadata {
  [provider: string]: Readonly<Record<string, unknown>> | undefined;
}
