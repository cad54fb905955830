// Imported late, and by name, so that a bundler leaves out what of the SDK is not used. This build needs an API key; it needs nothing
// of Node's, loads in a third of the time, and neither reads the environment nor prints.
export { GoogleGenAI } from "@google/genai/web";
