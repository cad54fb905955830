// Imported late, and by name, so that a bundler leaves out what of the SDK is not used.
export { Anthropic } from "@anthropic-ai/sdk";
