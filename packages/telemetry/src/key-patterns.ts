import type { RedactionPattern } from "./redactor.js";

// Everything here is linear: a match begins only where the one before it can't have begun (look-behind), and what may repeat without
// bound is followed by something that it can't itself match, or by nothing.

/** Keys that tell by their beginning whose they are. */
const PREFIXED = [
  // OpenAI, Anthropic, OpenRouter, DeepSeek, Stripe and many more.
  "sk-[\\w-]{16,}",
  "[sprw]k_(?:live|test)_\\w{10,}",
  "pk-lf-[\\w-]{16,}",
  // Google: API keys, and access tokens.
  "AIza[\\w-]{30,}",
  "AQ\\.[\\w-]{30,}",
  "ya29\\.[\\w-]{20,}",
  "GOCSPX-[\\w-]{20,}",
  // xAI, Groq, Hugging Face, Perplexity, Replicate, NVIDIA, Fireworks, Together, Cerebras, Langfuse.
  "xai-\\w{20,}",
  "gsk_\\w{20,}",
  "hf_\\w{20,}",
  "api_org_\\w{20,}",
  "pplx-\\w{20,}",
  "r8_\\w{20,}",
  "nvapi-[\\w-]{20,}",
  "fw_\\w{20,}",
  "tgp_v1_[\\w-]{20,}",
  "csk-\\w{20,}",
  // AWS: access keys, and Bedrock's API keys.
  "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])",
  "(?:ABSK|bedrock-api-key-)[\\w+/-]{30,}={0,2}",
  // GitHub, GitLab, npm, Slack, SendGrid, Twilio.
  "gh[pousr]_\\w{20,}",
  "github_pat_\\w{20,}",
  "glpat-[\\w-]{16,}",
  "npm_\\w{30,}",
  "xox[a-z]-[\\w-]{10,}",
  "SG\\.[\\w-]{16,}\\.[\\w-]{16,}",
];

/** Keys of every provider that core has an adapter for and that can be told by their shape, tokens, passwords and private keys. */
export const KEY_PATTERNS: readonly RedactionPattern[] = [
  {
    name: "private key",
    // Up to the next line of dashes: a key whose end is missing is one all the same.
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]*(?:-(?!----)[^-]*)*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/g,
  },
  { name: "token", pattern: /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g },
  { name: "key", pattern: new RegExp(`(?<![A-Za-z0-9])(?:${PREFIXED.join("|")})`, "g") },
  {
    name: "token",
    pattern: /(?<=\b(?:bearer|basic) {1,4})[\w.~+/=-]{8,}/gi,
    // "Basic knowledge" is none.
    accept: (found) => /\d/.test(found) || found.length >= 24,
  },
  {
    name: "secret",
    pattern:
      /(?<=(?:api[-_ ]?key|access[-_ ]?key|secret|token|passw(?:or)?d|pwd|signature|sig)["']? ?(?:=|:|=>) ?["']?)(?!\[|["' ])[^\s"',;&<>()[\]{}]{8,}/gi,
  },
  { name: "password", pattern: /(?<=:\/\/[^\s:@/]{0,64}:)[^\s:@/]{1,256}(?=@)/g },
];

/** Without one of these none of the patterns is there. */
export const MAY_HOLD_KEY: RegExp =
  /[:=]|-----BEGIN|eyJ|bearer|basic|sk-|k_live|k_test|pk-lf-|AIza|AQ\.|ya29|GOCSPX|xai-|gsk_|hf_|api_org_|pplx-|r8_|nvapi-|fw_|tgp_v1_|csk-|A[KSBC][IC]A|ABSK|bedrock-api-key|gh[pousr]_|github_pat_|glpat-|npm_|xox|SG\./i;
