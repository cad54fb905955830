import {
  deferStream,
  type GenerateRequest,
  type LLMBackend,
  observeStream,
  type StreamEvent,
  UsageMeter,
} from "@llmux/core";
import { usedTokens } from "./expected-tokens.js";
import type { Limiting, Pass } from "./limiting.js";

const NOTHING: AsyncIterable<StreamEvent> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

/** A stream that has room from its beginning to its end, however it ends. What was cut or left took what can be told from what had come. */
export function limitedStream(
  limiting: Limiting,
  request: GenerateRequest,
  next: LLMBackend,
): AsyncIterable<StreamEvent> {
  return deferStream(async (left) => {
    let pass: Pass;
    try {
      pass = await limiting.enter("stream", request, left);
    } catch (error) {
      // Who left during the wait is told that the stream is over, not that it failed.
      if (left.aborted) return NOTHING;
      throw error;
    }
    const meter = new UsageMeter(request);
    let begun = false;
    try {
      return observeStream(next.stream(request), {
        event(event) {
          meter.see(event);
          begun = true;
          // Not all read on after it.
          if (event.type === "finish") pass.answered(event);
        },
        end({ error }) {
          const came = begun ? usedTokens(meter.usage) : undefined;
          if (error === undefined) pass.end(came ?? 0);
          else pass.failed(error, came);
        },
      });
    } catch (error) {
      pass.failed(error);
      throw error;
    }
  });
}
