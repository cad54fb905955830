import { createLLM } from "@llmux/core";
import { openai } from "@llmux/openai";

const llm = createLLM({ adapters: [openai({ apiKey: "k" })] });
for await (const event of llm.stream({ model: "openai/gpt-4o", messages: [{ role: "user", content: "hi" }] }))
  if (event.type === "text-delta") console.log(event.delta);
