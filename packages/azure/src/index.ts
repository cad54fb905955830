export { type AzureConfig, azure, azure as default } from "./adapter.js";
export type { AzureCredential, AzureToken } from "./entra.js";
export type { AzureMetadata, AzureOptions } from "./options.js";
