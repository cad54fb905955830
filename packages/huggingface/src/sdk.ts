// Imported late: a program that does not call needs none of it.
export { InferenceClient } from "@huggingface/inference";
