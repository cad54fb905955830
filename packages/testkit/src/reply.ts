import type { UnifiedFinishReason } from "@llmux/core";

/**
 * What the scripted provider is to answer, in no provider's words: a {@link Dialect} puts it into those of one. `pieces` are the deltas
 * of a stream; where the answer is not streamed, they are joined.
 */
export interface Reply {
  parts: readonly ReplyPart[];
  finish: UnifiedFinishReason;
  /** Left out: the provider reports none. */
  usage?: ReplyUsage | undefined;
}

export type ReplyPart =
  | { type: "text"; pieces: readonly string[] }
  | { type: "refusal"; pieces: readonly string[] }
  | {
      type: "reasoning";
      pieces: readonly string[];
      /** The provider's seal, where it has any; the kit wants it back unchanged. */
      signature?: string | undefined;
    }
  | {
      type: "tool-call";
      id: string;
      name: string;
      /** The JSON text of the arguments. */
      pieces: readonly string[];
    };

/** Token counts; `input` and `output` are totals that include their parts. */
export interface ReplyUsage {
  input: number;
  cacheRead?: number | undefined;
  cacheWrite?: number | undefined;
  output: number;
  reasoning?: number | undefined;
}
