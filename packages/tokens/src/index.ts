export { countTokens, type TokenCount, withTokenCounting } from "./count-tokens.js";
export { type TrimOptions, trimMessages } from "./trim-messages.js";
export { type WithTrimOptions, withTrim } from "./with-trim.js";
