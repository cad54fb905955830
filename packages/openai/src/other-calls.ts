/** The calls beside chat, in one piece, so that a program that only chats can leave it unloaded. */
export { embed } from "./embeddings.js";
export { generateImage } from "./generate-image.js";
export { listModels } from "./models.js";
export { moderate } from "./moderate.js";
export { speak } from "./speak.js";
export { transcribe } from "./transcribe.js";
