/** The calls that not every host has, in one piece, so that a program that only chats can leave it unloaded. */
export { generateImage } from "./generate-image.js";
export { moderate } from "./moderate.js";
export { speak } from "./speak.js";
export { transcribe } from "./transcribe.js";
