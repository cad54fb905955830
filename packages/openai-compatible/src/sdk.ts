// Imported late, and by name, so that a bundler leaves out what of the SDK is not used.
export { OpenAI } from "openai";
