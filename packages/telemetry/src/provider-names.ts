import { redactKeys } from "./redactor.js";

/** The conventions' names of providers, by id and alias of the adapters that are called otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  azure: "azure.ai.openai",
  azure_openai: "azure.ai.openai",
  "azure-openai": "azure.ai.openai",
  azureopenai: "azure.ai.openai",
  bedrock: "aws.bedrock",
  bedrock_converse: "aws.bedrock",
  bedrock_mantle: "aws.bedrock",
  "bedrock-mantle": "aws.bedrock",
  claude: "anthropic",
  codestral: "mistral_ai",
  cohere_chat: "cohere",
  gemini: "gcp.gemini",
  gemini_openai: "gcp.gemini",
  "gemini-openai": "gcp.gemini",
  google: "gcp.gemini",
  google_ai_studio: "gcp.gemini",
  kimi: "moonshot_ai",
  mistral: "mistral_ai",
  mistralai: "mistral_ai",
  moonshot: "moonshot_ai",
  "text-completion-codestral": "mistral_ai",
  vertex: "gcp.vertex_ai",
  vertex_ai: "gcp.vertex_ai",
  vertex_ai_beta: "gcp.vertex_ai",
  vertexai: "gcp.vertex_ai",
  watsonx: "ibm.watsonx.ai",
  xai: "x_ai",
};

/** Value of `gen_ai.provider.name` for an adapter: the conventions' own where they have one, else the adapter's id. */
export function providerName(id: string): string {
  return Object.hasOwn(NAMES, id) ? NAMES[id]! : redactKeys(id);
}
