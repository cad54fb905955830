/** The Responses API, in one piece, so that a program that only chats can leave it unloaded. */
export { fromResponses } from "./from-responses.js";
export { ResponsesDecoder } from "./responses-stream.js";
export { toResponses } from "./to-responses.js";
