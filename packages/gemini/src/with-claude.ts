import {
  type AdapterBackend,
  type AdapterEvent,
  type AdapterRequest,
  type CallContext,
  isLLMError,
} from "@llmux/core/adapter";
import type { Connection } from "./connection.js";
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

/** `anthropic/claude-…` and `publishers/anthropic/models/claude-…` without what the SDK adds itself. */
function bare(request: AdapterRequest): AdapterRequest {
  return { ...request, model: request.model.slice(request.model.indexOf("claude-")) };
}
