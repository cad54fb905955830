import { type CountTokensRequest, invalidOption, LLMError, type Message } from "@llmux/core";
import { piecesOf } from "./atoms.js";
import { tokenize } from "./count-tokens.js";

export interface TrimOptions {
  /** Most input tokens, with the tools. */
  maxTokens: number;
  /** Counts the tokens of what would be sent. Default OpenAI's tokenizer. It is asked a few times, for ever shorter conversations. */
  count?: ((request: CountTokensRequest) => number | Promise<number>) | undefined;
  /** Which end of the conversation stays. Default `last`. The last user message stays either way. */
  keep?: "last" | "first" | undefined;
  /** Whether system messages always stay. Default true; otherwise they are what goes first. */
  keepSystem?: boolean | undefined;
  /** Counted with the messages. */
  tools?: CountTokensRequest["tools"];
  /** For the tokenizer, and handed to `count`. */
  model?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Leaves out messages until the rest fits: whole turns first, then steps of the last one, never a tool call without its results. Gives `messages`
 * itself where all of it fits.
 *
 * @throws LLMError `context-window-exceeded` where what must stay doesn't fit; `invalid-request` for options that make no sense; `aborted`
 */
export async function trimMessages(messages: readonly Message[], options: TrimOptions): Promise<readonly Message[]> {
  const { maxTokens, keep = "last", keepSystem = true, tools, model, signal } = options;
  if (!(maxTokens > 0)) throw invalidOption("maxTokens", "must be a number of tokens above 0");
  if (keep !== "last" && keep !== "first") throw invalidOption("keep", "must be last or first");
  const known = new Map<object, number>();
  const count = options.count ?? ((request: CountTokensRequest) => tokenize(request, known));
  const counted = (kept: readonly Message[]) => Promise.resolve(count({ model, messages: kept, tools, signal }));

  let tokens = await counted(messages);
  if (tokens <= maxTokens) return messages;
  const { system, turns, steps } = piecesOf(messages);
  const order = keep === "last" ? [...turns, ...steps] : [...turns.toReversed(), ...steps.toReversed()];
  const droppable = keepSystem ? order : [...system.map((index) => [index]), ...order];
  const without = (pieces: number): Message[] => {
    const dropped = new Set(droppable.slice(0, pieces).flat());
    return messages.filter((_, index) => !dropped.has(index));
  };

  // The fewest pieces to leave out, by halving: counting may be a request.
  let least = 1;
  let most = droppable.length;
  let kept: Message[] | undefined;
  while (least <= most) {
    const pieces = (least + most) >> 1;
    const shorter = without(pieces);
    tokens = await counted(shorter);
    if (tokens <= maxTokens) {
      kept = shorter;
      most = pieces - 1;
    } else least = pieces + 1;
  }
  if (kept) return kept;
  throw new LLMError({
    kind: "context-window-exceeded",
    parameter: "messages",
    message: `What must stay of the conversation is ${tokens} tokens, more than the ${maxTokens} that there is room for`,
  });
}
