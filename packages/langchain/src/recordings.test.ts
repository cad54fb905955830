import { HumanMessage } from "@langchain/core/messages";
import { type AssistantPart, collect, createLLM } from "@llmux/core";
import { openai } from "@llmux/openai";
import { type Recording, ReplayServer, recordings } from "@llmux/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromMessages } from "./from-messages.js";
import { ChatLLMux } from "./index.js";

const all = recordings("openai", "chat", "responses").filter(({ expected }) => expected?.kind === "result");

let server: ReplayServer;
beforeAll(async () => {
  server = await ReplayServer.start();
});
afterAll(() => server.stop());

const fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
  globalThis.fetch(String(url).replace("https://api.openai.com", server.url), init);

/** LangChain keeps calls beside the content, the invalid ones apart, and strings of text as one. */
function asLangChainKeeps(content: readonly AssistantPart[]): AssistantPart[] {
  const calls = content.filter((part) => part.type === "tool-call").toSorted((a, b) => a.id.localeCompare(b.id));
  const rest: AssistantPart[] = [];
  for (const part of content) {
    const last = rest.at(-1);
    if (part.type === "tool-call") continue;
    if (part.type === "text" && last?.type === "text" && Object.keys({ ...part, ...last }).length === 2)
      rest[rest.length - 1] = { ...last, text: last.text + part.text };
    else rest.push(part);
  }
  return [...rest, ...calls];
}

describe.skipIf(all.length === 0)("every recorded answer of OpenAI's", () => {
  const llm = createLLM({ adapters: [openai({ apiKey: "sk-test-0123456789abcdef", fetch })] });

  it.each(all.map((recording) => [recording.id, recording] as const))(
    "is LangChain's message, and goes back as it came: %s",
    async (_, recording: Recording) => {
      server.serve(recording);
      const model = "openai/m";
      const providerOptions = { openai: { api: recording.api as "chat" } };
      const request = { model, messages: [{ role: "user" as const, content: "Hi" }], providerOptions };
      const chat = new ChatLLMux({ llm, model, providerOptions });
      const streams = recording.wire === "sse";
      const direct = streams ? await collect(llm.stream(request)) : await llm.generate(request);
      let message = streams ? undefined : await chat.invoke([new HumanMessage("Hi")]);
      if (streams) for await (const chunk of await chat.stream("Hi")) message = message ? message.concat(chunk) : chunk;
      expect(message!.text).toBe(direct.text);
      expect(message!.usage_metadata?.output_tokens).toBe(direct.usage.outputTokens.total);
      expect(message!.response_metadata.finish_reason).toBe(direct.finishReason.unified);
      const [back] = fromMessages([message!], "openai");
      expect(asLangChainKeeps(back!.content as AssistantPart[])).toEqual(asLangChainKeeps(direct.content));
    },
  );
});
