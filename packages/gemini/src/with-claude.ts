import type { AssistantPart } from "@llmux/core";
import {
  type AdapterBackend,
  type AdapterEvent,
  type AdapterRequest,
  type CallContext,
  isLLMError,
} from "@llmux/core/adapter";
import type { Connection } from "./connection.js";
import { signatureOf } from "./host.js";
import type { VertexAIConfig } from "./vertex-ai.js";

/** Sends Anthropic's models to a backend that speaks their protocol, which Vertex AI does not translate. */
export function withClaude(google: AdapterBackend, config: VertexAIConfig, connection: Connection): AdapterBackend {
  let loading: Promise<AdapterBackend> | undefined;
  const claude = (): Promise<AdapterBackend> => {
    loading ??= import("./claude.js").then(({ createClaudeBackend }) => createClaudeBackend(config, connection));
    return loading;
  };
  return {
    ...google,
    generate: async (request, context) =>
      isClaude(request) ? (await claude()).generate(bare(request), context) : google.generate(request, context),
    stream: (request, context) =>
      isClaude(request) ? late(claude(), bare(request), context) : google.stream(request, context),
    countTokens: async (request, context) =>
      isClaude(request) ? (await claude()).countTokens!(bare(request), context) : google.countTokens!(request, context),
    async toError(error) {
      // What every error of Anthropic's SDK has.
      if (!loading || !(error instanceof Error && "requestID" in error)) return google.toError!(error);
      if (/acquire Google OAuth/.test(error.message)) {
        const { cause } = error;
        if (isLLMError(cause)) return { ...cause, message: cause.message };
        const message = `Google gave no credentials: ${cause instanceof Error ? cause.message : error.message}`;
        return (await google.toError!(cause)) ?? { kind: "authentication", message };
      }
      return (await loading).toError!(error);
    },
  };
}

async function* late(
  backend: Promise<AdapterBackend>,
  request: AdapterRequest,
  context: CallContext,
): AsyncGenerator<AdapterEvent | readonly AdapterEvent[], void, void> {
  yield* (await backend).stream(request, context);
}

function isClaude({ model }: AdapterRequest): boolean {
  return /^((publishers\/)?anthropic\/(models\/)?)?claude-/.test(model);
}

/**
 * What Anthropic's translation is given: the model's name without what the SDK adds itself (`anthropic/claude-…`,
 * `publishers/anthropic/models/claude-…`), and Gemini's thoughts, which came under the same id, without a seal that is not Claude's.
 */
function bare(request: AdapterRequest): AdapterRequest {
  const messages = request.messages.map((message) =>
    message.role === "assistant" ? { ...message, content: message.content.map(withoutSeal) } : message,
  );
  return { ...request, model: request.model.slice(request.model.indexOf("claude-")), messages };
}

function withoutSeal(part: AssistantPart): AssistantPart {
  if (part.type !== "reasoning" || !signatureOf(part.providerMetadata)) return part;
  const { signature: _, ...rest } = part;
  return rest;
}
