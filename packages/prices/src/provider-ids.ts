/** The price list's name of each provider, by the id of its adapter. Those that are not here are not in the list. */
const LISTED: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  avian: "avian",
  azure: "azure",
  baseten: "baseten",
  bedrock: "aws",
  bedrock_mantle: "aws",
  cerebras: "cerebras",
  cloudflare: "cloudflare",
  cohere: "cohere",
  deepseek: "deepseek",
  fireworks_ai: "fireworks",
  gemini: "google",
  gemini_openai: "google",
  groq: "groq",
  minimax: "minimax",
  mistral: "mistral",
  moonshot: "moonshotai",
  novita: "novita",
  openai: "openai",
  openrouter: "openrouter",
  ovhcloud: "ovhcloud",
  perplexity: "perplexity",
  together_ai: "together",
  vertex_ai: "google",
  xai: "x-ai",
  zai: "zai",
};

/** Servers of one's own: nobody bills for their tokens. */
const LOCAL: ReadonlySet<string> = new Set([
  "docker_model_runner",
  "hosted_vllm",
  "jan",
  "lemonade",
  "llama-cpp",
  "llama_server",
  "llamafile",
  "lm_studio",
  "localai",
  "ollama",
  "sglang",
  "xinference",
]);

/** Whether a model runs on a machine of one's own. Ollama's `…-cloud` models do not. */
export function isLocal(provider: string, model: string): boolean {
  return LOCAL.has(provider) && !(provider === "ollama" && /[-:]cloud$/.test(model));
}

/** Where the list may have a model: the list's provider, and the model as that one names it. */
export function listedName(provider: string, model: string): { provider: string; model: string } | undefined {
  // Hugging Face's router names who is to answer after a colon: `openai/gpt-oss-120b:groq`.
  if (provider === "huggingface") {
    const at = model.lastIndexOf(":");
    return at < 0 ? undefined : { provider: `huggingface_${model.slice(at + 1)}`, model: model.slice(0, at) };
  }
  const listed = Object.hasOwn(LISTED, provider) ? LISTED[provider] : undefined;
  if (listed === undefined) return undefined;
  // ARNs and resource names end in the model: `arn:aws:bedrock:…:inference-profile/us.anthropic.claude-…`, `publishers/google/models/…`.
  const isPath = (listed === "aws" && model.startsWith("arn:")) || listed === "google";
  return { provider: listed, model: isPath ? model.slice(model.lastIndexOf("/") + 1) : model };
}
