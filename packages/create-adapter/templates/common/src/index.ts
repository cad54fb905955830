export { type AcmeIdConfig, acmeId, acmeId as default } from "./adapter.js";
export type { AcmeIdOptions } from "./options.js";
