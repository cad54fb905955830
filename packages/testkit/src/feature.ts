/**
 * What a provider may lack, and a kit's user may therefore declare as lacking, with the reason. Each is a row of the matrix. What is not
 * listed here every adapter must do.
 */
export const FEATURES = {
  stream: "streams",
  tools: "tools",
  "parallel-tools": "several tools in one answer",
  "tool-choice": "forced and forbidden tools",
  "tool-errors": "tool results that are errors",
  "tool-input-text": "broken tool arguments kept as text",
  "structured-output": "structured output by JSON Schema",
  "json-mode": "JSON of any shape",
  "image-bytes": "images by bytes",
  "image-url": "images by URL",
  "file-bytes": "files (PDF) by bytes",
  "file-url": "files (PDF) by URL",
  audio: "audio by bytes",
  reasoning: "reasoning shown",
  "reasoning-handback": "reasoning handed back unchanged",
  refusal: "refusals set apart",
  "cache-usage": "cached tokens counted",
  "reasoning-usage": "reasoning tokens counted",
  "stop-sequences": "stop sequences",
  seed: "seed",
  "top-k": "topK",
  penalties: "frequency and presence penalty",
  "reasoning-effort": "reasoning effort",
  embeddings: "embeddings",
  dimensions: "embeddings of a chosen length",
  "embedding-usage": "tokens of embeddings counted",
  "list-models": "list of models",
  "count-tokens": "token counting",
  "request-id": "request id kept",
  "error-in-stream": "errors in mid-stream",
} as const;

export type Feature = keyof typeof FEATURES;
