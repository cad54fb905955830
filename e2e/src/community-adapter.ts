import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An adapter on plain `fetch`, whose host happens to speak OpenAI's wire format. */
const PROGRAM = `import { defineAdapter, EventBuilder, readServerSentEvents } from "@llmux/core/adapter";

const FINISH = { stop: "stop", length: "length" };

const acme = defineAdapter({
  id: "acme",
  name: "Acme",
  contract: undefined,
  env: {
    apiKey: { variables: ["ACME_API_KEY"], secret: true, description: "an API key of Acme" },
    baseURL: { variables: ["ACME_BASE_URL"], type: "url", description: "Acme's endpoint" },
  },
  required: () => ["apiKey", "baseURL"],
  createBackend({ apiKey, baseURL }) {
    const post = async (request, context, stream) => {
      const messages = request.messages.map(({ role, content }) => ({ role, content: content.map(({ text }) => text).join("") }));
      const response = await fetch(\`\${baseURL}/chat/completions\`, {
        method: "POST",
        signal: context.signal,
        headers: { authorization: \`Bearer \${apiKey}\`, "content-type": "application/json" },
        body: JSON.stringify({ model: request.model, messages, stream, stream_options: stream ? { include_usage: true } : undefined }),
      });
      if (!response.ok) throw new Error(\`Acme answered \${response.status}\`);
      return response;
    };
    const usage = (told) => ({
      inputTokens: { total: told?.prompt_tokens, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: told?.completion_tokens, reasoning: undefined },
    });
    const finishReason = (raw) => ({ unified: FINISH[raw] ?? "other", raw });
    return {
      async generate(request, context) {
        const reply = await (await post(request, context, false)).json();
        const { message, finish_reason } = reply.choices[0];
        return {
          content: [{ type: "text", text: message.content }],
          finishReason: finishReason(finish_reason),
          usage: usage(reply.usage),
          response: {},
        };
      },
      async *stream(request, context) {
        const { body } = await post(request, context, true);
        yield { type: "start", response: {} };
        const builder = new EventBuilder();
        let reason, told;
        for await (const events of readServerSentEvents(body)) {
          for (const { data } of events) {
            if (data === "[DONE]") builder.finish({ finishReason: finishReason(reason), usage: usage(told) });
            else {
              const chunk = JSON.parse(data);
              told = chunk.usage ?? told;
              reason = chunk.choices?.[0]?.finish_reason ?? reason;
              if (chunk.choices?.[0]?.delta?.content) builder.text(chunk.choices[0].delta.content);
            }
          }
          yield builder.take();
        }
      },
    };
  },
});

export default acme;
`;

/** What sets one community adapter apart from another. */
export interface CommunityAdapter {
  /** Its prefix. */
  id: string;
  /** The range of `@llmux/core` that it asks for. */
  core: string;
  /** The version of the contract that it is written for. Left out: that of core. */
  contract?: number;
}

/** Writes `llmux-adapter-<id>` into a folder, ready for `npm publish`, as someone who has never seen this repository would. */
export function writeCommunityAdapter(folder: string, { id, core, contract }: CommunityAdapter): void {
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: `llmux-adapter-${id}`,
    version: "1.0.0",
    description: "llmux adapter for Acme.",
    license: "MIT",
    type: "module",
    exports: { ".": "./index.js", "./package.json": "./package.json" },
    files: ["index.js"],
    keywords: ["llmux-adapter"],
    peerDependencies: { "@llmux/core": core },
  };
  const program = PROGRAM.replace('id: "acme"', `id: "${id}"`).replace("contract: undefined", `contract: ${contract}`);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, "index.js"), program);
}
