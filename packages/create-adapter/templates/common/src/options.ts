/** `providerOptions["acme-id"]`: any parameter of the provider's, under its own name. They win over the neutral ones. */
export interface AcmeIdOptions {
  // CHANGE: name those that only this provider has.
  [parameter: string]: unknown;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    "acme-id"?: AcmeIdOptions | undefined;
  }
}
