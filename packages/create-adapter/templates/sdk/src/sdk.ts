// CHANGE: the provider's official SDK; `openai` stands here as an example. It is a file of its own so that it is loaded with the first call.
export { OpenAI as Client } from "openai";
