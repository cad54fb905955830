import { expect, it } from "vitest";
import { judge } from "./shell-commands.ts";

it.each([
  ["npm install @llmux/core @llmux/openai", "checked"],
  ["npm install @llmux/core @llmux/opnai", "wrong"],
  ["npm install llmux-adapter-acme zod@4", "checked"],
  ["npm install left-pad", "wrong"],
  ["export LLM_MODEL=ollama/llama3.2 LLM_API_KEY='a b'", "checked"],
  ['LLM_MODEL=ollama/llama3.2 chat "Hello; | there"', "chat"],
  ['npm start -- "Hello"', "chat"],
  ["cat notes.txt | chat --json | jq '.text | length'", "syntax-only"],
  ["echo Hello | chat", "chat"],
  ["npm test", "syntax-only"],
  ["npm run tset", "wrong"],
  ["npx vitest run", "syntax-only"],
  ["npx left-pad", "wrong"],
  ["npm create llmux-adapter acme -- --kind sdk", "syntax-only"],
  ["npm create llmux-adaptor acme", "wrong"],
  ["npm publish", "syntax-only"],
  ["ollama pull llama3.2", "syntax-only"],
  ["olama pull llama3.2", "wrong"],
])("%s: %s", (line, kind) => {
  expect(judge(line).kind).toBe(kind);
});
