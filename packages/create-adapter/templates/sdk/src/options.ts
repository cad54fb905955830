/** What `providerOptions` takes for this provider: fields of the body, in the provider's words. They win over neutral parameters. */
export interface {{type}}Options {
  // CHANGE: name those that the provider documents.
  readonly [field: string]: unknown;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    {{property}}?: {{type}}Options | undefined;
  }
}
