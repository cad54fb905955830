import type { Options as ModelOptions } from "ollama/browser";

/** The model options of Ollama's API (`num_ctx`, `mirostat`, `repeat_penalty`, …), as its SDK types them. */
export type OllamaModelOptions = Partial<ModelOptions>;

/**
 * What `providerOptions.ollama` takes. Names are those of Ollama's API. Model options may stand here directly
 * (`{ num_ctx: 8192 }`) or under `options`, as on the wire. A key that is neither is sent as it is, at the top of the body.
 */
export interface OllamaOptions extends OllamaModelOptions {
  /** `generate` uses `/api/generate` (raw prompts, fill-in-the-middle, templates) for one user message. Default `chat`. */
  api?: "chat" | "generate" | undefined;
  /** How long the model stays loaded after the call: `"10m"`, seconds, `-1` for ever, `0` to unload at once. Server default 5 minutes. */
  keep_alive?: string | number | undefined;
  /** Whether, or how hard, the model thinks first. Wins over `reasoning.effort`. */
  think?: boolean | "low" | "medium" | "high" | "max" | undefined;
  /** `"json"` or a JSON Schema. Wins over `output`. */
  format?: string | object | undefined;
  /** `false`: a prompt longer than the context is an error, not cut. For embeddings too. Server default true. */
  truncate?: boolean | undefined;
  /** `false`: the reply ends where the context is full, rather than the oldest tokens being dropped. */
  shift?: boolean | undefined;
  /** Put log probabilities into `providerMetadata.ollama.logprobs`. */
  logprobs?: boolean | undefined;
  top_logprobs?: number | undefined;
  /** `/api/generate` only: what comes after the reply (fill in the middle). */
  suffix?: string | undefined;
  /** `/api/generate` only: a prompt template in place of the model's own. */
  template?: string | undefined;
  /** `/api/generate` only: send the prompt as it is, past the template. */
  raw?: boolean | undefined;
  /** `/api/generate` only: `providerMetadata.ollama.context` of an earlier reply. */
  context?: readonly number[] | undefined;
  /** Model options, among them such as the types don't know yet. */
  options?: (OllamaModelOptions & { readonly [option: string]: unknown }) | undefined;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    ollama?: OllamaOptions | undefined;
  }
}

/** Checked by the compiler to hold every option of the SDK's type: at run time nothing else tells an option from a body field. */
const MODEL_OPTIONS: Readonly<Record<keyof ModelOptions, true>> = {
  numa: true,
  num_ctx: true,
  num_batch: true,
  num_gpu: true,
  main_gpu: true,
  low_vram: true,
  f16_kv: true,
  logits_all: true,
  vocab_only: true,
  use_mmap: true,
  use_mlock: true,
  embedding_only: true,
  num_thread: true,
  num_keep: true,
  seed: true,
  num_predict: true,
  top_k: true,
  top_p: true,
  min_p: true,
  tfs_z: true,
  typical_p: true,
  repeat_last_n: true,
  temperature: true,
  repeat_penalty: true,
  presence_penalty: true,
  frequency_penalty: true,
  mirostat: true,
  mirostat_tau: true,
  mirostat_eta: true,
  penalize_newline: true,
  stop: true,
};

/** Sorts `providerOptions.ollama` into fields of the request body and model options. */
export function splitOptions(given: OllamaOptions | undefined): {
  body: Record<string, unknown>;
  options: Record<string, unknown>;
} {
  const body: Record<string, unknown> = {};
  const options: Record<string, unknown> = {};
  if (given) {
    const { api: _, options: nested, ...flat } = given;
    for (const [key, value] of Object.entries(flat)) (key in MODEL_OPTIONS ? options : body)[key] = value;
    Object.assign(options, nested);
  }
  return { body, options };
}
