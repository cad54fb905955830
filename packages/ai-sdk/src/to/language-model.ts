import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4GenerateResult,
  type LanguageModelV4StreamPart,
  type LanguageModelV4StreamResult,
} from "@ai-sdk/provider";
import type { GenerateResult, StreamEvent } from "@llmux/core";
import { markOwn } from "../shared/own-model.js";
import { toModelUsage } from "../shared/usage.js";
import { toModelWarning } from "../shared/warnings.js";
import { EventReader } from "./event-reader.js";
import { answeredBy, responseMetadata } from "./response.js";
import type { Setting } from "./settings.js";
import { toAPICallError } from "./to-api-error.js";
import { toContent } from "./to-content.js";
import { toRequest } from "./to-request.js";
import { unparsedReply } from "./unparsed-reply.js";

/** A model of a backend as a language model of the AI SDK's. */
export function languageModel(setting: Setting, modelId: string): LanguageModelV4 {
  return markOwn({
    specificationVersion: "v4",
    provider: setting.provider,
    modelId,
    supportedUrls: setting.supportedUrls ?? {},
    doGenerate: (options) => generate(setting, modelId, options),
    doStream: (options) => stream(setting, modelId, options),
  });
}

async function generate(
  setting: Setting,
  modelId: string,
  options: LanguageModelV4CallOptions,
): Promise<LanguageModelV4GenerateResult> {
  const { request, warnings } = toRequest(options, modelId, setting);
  let result: GenerateResult;
  try {
    result = await setting.backend.generate(request);
  } catch (error) {
    const reply = request.output && unparsedReply(error);
    if (reply) {
      const { text, ...rest } = reply;
      return { ...rest, content: [{ type: "text", text }], warnings };
    }
    throw toAPICallError(error, options.abortSignal);
  }
  const { content, finishReason, usage, response, providerMetadata } = result;
  const repaired = result.warnings.some(({ type }) => type === "repaired");
  return {
    content: toContent(content),
    // The AI SDK parses the text anew: it is given what llmux has made of it.
    ...(repaired && { structuredOutputText: JSON.stringify(result.output) }),
    finishReason,
    usage: toModelUsage(usage),
    ...answeredBy(providerMetadata, result.provider, result.model, response),
    response: { ...responseMetadata(response), ...(response.headers && { headers: { ...response.headers } }) },
    warnings: [...warnings, ...result.warnings.map(toModelWarning)],
  };
}

async function stream(
  setting: Setting,
  modelId: string,
  options: LanguageModelV4CallOptions,
): Promise<LanguageModelV4StreamResult> {
  const { request, warnings } = toRequest(options, modelId, setting);
  const events = setting.backend.stream(request)[Symbol.asyncIterator]();
  const reader = new EventReader(warnings);
  const next = async (): Promise<readonly LanguageModelV4StreamPart[] | undefined> => {
    try {
      const { done, value } = await events.next();
      return done ? undefined : reader.read(value as StreamEvent);
    } catch (error) {
      const reply = request.output && unparsedReply(error);
      if (reply) {
        const { text, ...finish } = reply;
        return [...reader.close(text), { type: "finish", ...finish }];
      }
      throw toAPICallError(error, options.abortSignal);
    }
  };
  // A failure to begin is one of the call, not of a stream in the midst of which it stands.
  let first = await next();
  const parts = new ReadableStream<LanguageModelV4StreamPart>(
    {
      async pull(controller) {
        try {
          let batch = first ?? (await next());
          first = undefined;
          while (batch?.length === 0) batch = await next();
          if (!batch) controller.close();
          else for (const part of batch) controller.enqueue(part);
        } catch (error) {
          // An abort breaks a stream; a failed call is told in it, which callers of `streamText` can read on from.
          if (!APICallError.isInstance(error)) throw error;
          controller.enqueue({ type: "error", error });
          controller.close();
        }
      },
      async cancel() {
        await events.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  const { headers } = reader.response;
  return { stream: parts, ...(headers && { response: { headers: { ...headers } } }) };
}
