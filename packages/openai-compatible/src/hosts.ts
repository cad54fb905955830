import type { Adapter } from "@llmux/core";
import { ai21 } from "./hosts/ai21.js";
import { aihubmix } from "./hosts/aihubmix.js";
import { aiml } from "./hosts/aiml.js";
import { avian } from "./hosts/avian.js";
import { baseten } from "./hosts/baseten.js";
import { bedrockMantle } from "./hosts/bedrock-mantle.js";
import { cerebras } from "./hosts/cerebras.js";
import { chutes } from "./hosts/chutes.js";
import { cloudflare } from "./hosts/cloudflare.js";
import { cometapi } from "./hosts/cometapi.js";
import { crusoe } from "./hosts/crusoe.js";
import { dashscope } from "./hosts/dashscope.js";
import { databricks } from "./hosts/databricks.js";
import { deepinfra } from "./hosts/deepinfra.js";
import { deepseek } from "./hosts/deepseek.js";
import { dockerModelRunner } from "./hosts/docker-model-runner.js";
import { featherless } from "./hosts/featherless-ai.js";
import { fireworks } from "./hosts/fireworks-ai.js";
import { friendliai } from "./hosts/friendliai.js";
import { geminiOpenAI } from "./hosts/gemini-openai.js";
import { github } from "./hosts/github.js";
import { gmi } from "./hosts/gmi.js";
import { gradientAI } from "./hosts/gradient-ai.js";
import { groq } from "./hosts/groq.js";
import { helicone } from "./hosts/helicone.js";
import { vllm } from "./hosts/hosted-vllm.js";
import { huggingface } from "./hosts/huggingface.js";
import { hyperbolic } from "./hosts/hyperbolic.js";
import { jan } from "./hosts/jan.js";
import { jina } from "./hosts/jina-ai.js";
import { lambdaAI } from "./hosts/lambda-ai.js";
import { lemonade } from "./hosts/lemonade.js";
import { litellmProxy } from "./hosts/litellm-proxy.js";
import { llamaServer } from "./hosts/llama-server.js";
import { llamafile } from "./hosts/llamafile.js";
import { llmux } from "./hosts/llmux.js";
import { lmStudio } from "./hosts/lm-studio.js";
import { localai } from "./hosts/localai.js";
import { metaLlama } from "./hosts/meta-llama.js";
import { minimax } from "./hosts/minimax.js";
import { mistral } from "./hosts/mistral.js";
import { moonshot } from "./hosts/moonshot.js";
import { morph } from "./hosts/morph.js";
import { nanoGPT } from "./hosts/nano-gpt.js";
import { nebius } from "./hosts/nebius.js";
import { novita } from "./hosts/novita.js";
import { nscale } from "./hosts/nscale.js";
import { nvidiaNim } from "./hosts/nvidia-nim.js";
import { openaiCompatible } from "./hosts/openai-compatible.js";
import { openrouter } from "./hosts/openrouter.js";
import { ovhcloud } from "./hosts/ovhcloud.js";
import { perplexity } from "./hosts/perplexity.js";
import { poe } from "./hosts/poe.js";
import { publicai } from "./hosts/publicai.js";
import { sambanova } from "./hosts/sambanova.js";
import { scaleway } from "./hosts/scaleway.js";
import { sglang } from "./hosts/sglang.js";
import { siliconflow } from "./hosts/siliconflow.js";
import { snowflake } from "./hosts/snowflake.js";
import { synthetic } from "./hosts/synthetic.js";
import { together } from "./hosts/together-ai.js";
import { v0 } from "./hosts/v0.js";
import { venice } from "./hosts/veniceai.js";
import { vercelAIGateway } from "./hosts/vercel-ai-gateway.js";
import { volcengine } from "./hosts/volcengine.js";
import { wandb } from "./hosts/wandb.js";
import { watsonx } from "./hosts/watsonx.js";
import { xai } from "./hosts/xai.js";
import { xiaomiMiMo } from "./hosts/xiaomi-mimo.js";
import { xinference } from "./hosts/xinference.js";
import { zai } from "./hosts/zai.js";

/** The prefixes of the hosts, aliases apart. */
export type HostId =
  | "ai21"
  | "aihubmix"
  | "aiml"
  | "avian"
  | "baseten"
  | "bedrock_mantle"
  | "cerebras"
  | "chutes"
  | "cloudflare"
  | "cometapi"
  | "crusoe"
  | "dashscope"
  | "databricks"
  | "deepinfra"
  | "deepseek"
  | "docker_model_runner"
  | "featherless_ai"
  | "fireworks_ai"
  | "friendliai"
  | "gemini_openai"
  | "github"
  | "gmi"
  | "gradient_ai"
  | "groq"
  | "helicone"
  | "hosted_vllm"
  | "huggingface"
  | "hyperbolic"
  | "jan"
  | "jina_ai"
  | "lambda_ai"
  | "lemonade"
  | "litellm_proxy"
  | "llama_server"
  | "llamafile"
  | "llmux"
  | "lm_studio"
  | "localai"
  | "meta_llama"
  | "minimax"
  | "mistral"
  | "moonshot"
  | "morph"
  | "nano-gpt"
  | "nebius"
  | "novita"
  | "nscale"
  | "nvidia_nim"
  | "openai_compatible"
  | "openrouter"
  | "ovhcloud"
  | "perplexity"
  | "poe"
  | "publicai"
  | "sambanova"
  | "scaleway"
  | "sglang"
  | "siliconflow"
  | "snowflake"
  | "synthetic"
  | "together_ai"
  | "v0"
  | "veniceai"
  | "vercel_ai_gateway"
  | "volcengine"
  | "wandb"
  | "watsonx"
  | "xai"
  | "xiaomi_mimo"
  | "xinference"
  | "zai";

/** Every host, for `createLLM({ adapters: hosts })`. */
export const hosts: readonly Adapter[] = [
  ai21,
  aihubmix,
  aiml,
  avian,
  baseten,
  bedrockMantle,
  cerebras,
  chutes,
  cloudflare,
  cometapi,
  crusoe,
  dashscope,
  databricks,
  deepinfra,
  deepseek,
  dockerModelRunner,
  featherless,
  fireworks,
  friendliai,
  geminiOpenAI,
  github,
  gmi,
  gradientAI,
  groq,
  helicone,
  vllm,
  huggingface,
  hyperbolic,
  jan,
  jina,
  lambdaAI,
  lemonade,
  litellmProxy,
  llamaServer,
  llamafile,
  llmux,
  lmStudio,
  localai,
  metaLlama,
  minimax,
  mistral,
  moonshot,
  morph,
  nanoGPT,
  nebius,
  novita,
  nscale,
  nvidiaNim,
  openaiCompatible,
  openrouter,
  ovhcloud,
  perplexity,
  poe,
  publicai,
  sambanova,
  scaleway,
  sglang,
  siliconflow,
  snowflake,
  synthetic,
  together,
  v0,
  venice,
  vercelAIGateway,
  volcengine,
  wandb,
  watsonx,
  xai,
  xiaomiMiMo,
  xinference,
  zai,
];

export {
  ai21,
  aihubmix,
  aiml,
  avian,
  baseten,
  bedrockMantle,
  cerebras,
  chutes,
  cloudflare,
  cometapi,
  crusoe,
  dashscope,
  databricks,
  deepinfra,
  deepseek,
  dockerModelRunner,
  featherless,
  fireworks,
  friendliai,
  geminiOpenAI,
  github,
  gmi,
  gradientAI,
  groq,
  helicone,
  huggingface,
  hyperbolic,
  jan,
  jina,
  lambdaAI,
  lemonade,
  litellmProxy,
  llamafile,
  llamaServer,
  llmux,
  lmStudio,
  localai,
  metaLlama,
  minimax,
  mistral,
  moonshot,
  morph,
  nanoGPT,
  nebius,
  novita,
  nscale,
  nvidiaNim,
  openaiCompatible,
  openrouter,
  ovhcloud,
  perplexity,
  poe,
  publicai,
  sambanova,
  scaleway,
  sglang,
  siliconflow,
  snowflake,
  synthetic,
  together,
  v0,
  venice,
  vercelAIGateway,
  vllm,
  volcengine,
  wandb,
  watsonx,
  xai,
  xiaomiMiMo,
  xinference,
  zai,
};
