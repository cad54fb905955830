export { defineHost, type HostAdapter, type HostConfig } from "./define-host.js";
export type { HostCall, HostRow, HostSetting, ReasoningForm, RefusedParameter } from "./host-row.js";
export * from "./hosts.js";
export { hosts as default } from "./hosts.js";
export type { HostMetadata, HostOptions } from "./options.js";
