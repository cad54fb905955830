import { type CountTokensRequest, defineMiddleware, isLLMError, type LLMBackend, type Wrapped } from "@llmux/core";
import { countText } from "./count-text.js";
import { type Encoding, encodingName, loadEncoding } from "./encoding.js";
import { messageTokens } from "./message-tokens.js";
import { toolText } from "./tool-tokens.js";

/** How many input tokens a request is. */
export interface TokenCount {
  inputTokens: number;
  /** False where the provider counted, true where the tokenizer did. */
  estimated: boolean;
}

/** Each answer begins with as many, which are charged as input. */
const PRIMING = 3;

/**
 * Counts the input tokens of a request: the provider does where it can, otherwise OpenAI's tokenizer, which is then loaded.
 *
 * @throws LLMError what the provider's own count fails with, other than that there is none; `aborted`
 */
export async function countTokens(
  backend: Pick<LLMBackend, "countTokens">,
  request: CountTokensRequest,
): Promise<TokenCount> {
  if (backend.countTokens) {
    try {
      return { inputTokens: (await backend.countTokens(request)).inputTokens, estimated: false };
    } catch (error) {
      // A parameter that the provider can't take would fail the call as well.
      if (!isLLMError(error, "unsupported") || (error.parameter !== undefined && error.parameter !== "countTokens"))
        throw error;
    }
  }
  return { inputTokens: await tokenize(request), estimated: true };
}

/** Input tokens of a request by OpenAI's tokenizer, whatever the model. */
export async function tokenize(request: CountTokensRequest, known?: Map<object, number>): Promise<number> {
  const { model, messages, tools = [], signal } = request;
  const encoding = await loadEncoding(model);
  let tokens = PRIMING + (await toolTokens(tools, encoding, model, signal));
  for (const message of messages) {
    let count = known?.get(message);
    if (count === undefined) {
      count = await messageTokens(message, encoding, model, signal);
      known?.set(message, count);
    }
    tokens += count;
  }
  return tokens;
}

async function toolTokens(
  tools: NonNullable<CountTokensRequest["tools"]>,
  encoding: Encoding,
  model: string | undefined,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { texts, overhead } = toolText(tools, encodingName(model));
  let tokens = overhead;
  for (const text of texts) tokens += await countText(text, encoding, signal);
  return tokens;
}

/** A backend that can count tokens whether or not the provider can. */
export function withTokenCounting<B extends LLMBackend>(
  backend: B,
): Wrapped<B> & { countTokens(request: CountTokensRequest): Promise<TokenCount> } {
  const wrapped = defineMiddleware({})(backend);
  return Object.assign(wrapped, {
    countTokens: (request: CountTokensRequest) => countTokens(backend, request),
  }) as LLMBackend as ReturnType<typeof withTokenCounting<B>>;
}
