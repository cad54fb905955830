// Imported late, and by name, so that a bundler leaves out what of the SDK is not used.
export { keepErrorBodies } from "@llmux/openai/error-bodies";
export { OpenAI } from "openai";
