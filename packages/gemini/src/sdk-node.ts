// Imported late, and by name. On Node this is the SDK's build with Google's authentication library.
export { GoogleGenAI } from "@google/genai";
