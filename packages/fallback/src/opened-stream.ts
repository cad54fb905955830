import { type GenerateRequest, heldUntilContent, type StartEvent, type StreamEvent } from "@llmux/core";
import type { CallPath } from "./call-path.js";
import { withheld } from "./whole-call.js";

/** A stream that has come to its first content. */
export interface OpenedStream {
  inner: AsyncIterator<StreamEvent>;
  /** What came until then. */
  held: IteratorResult<StreamEvent, undefined>[];
  start: StartEvent | undefined;
  /** Milliseconds until then. */
  duration: number;
  request: GenerateRequest;
}

/**
 * Begins the stream of a path's target and waits for its first content.
 *
 * @param left fires when nobody wants it any more
 * @throws what the stream throws before its first content, and what an empty answer stands for that was filtered
 */
export async function openStream(
  path: CallPath<GenerateRequest>,
  asked: GenerateRequest,
  left: AbortSignal,
): Promise<OpenedStream> {
  const { signal } = asked;
  const request = { ...asked, signal: signal ? AbortSignal.any([signal, left]) : left };
  const inner = path.backend.stream(request)[Symbol.asyncIterator]();
  const leave = (): void => void inner.return?.().then(undefined, () => undefined);
  left.addEventListener("abort", leave, { once: true });
  try {
    const held = await heldUntilContent(inner);
    const start = held.at(-2)?.value as StartEvent | undefined;
    const event = held.at(-1)?.value;
    if (event?.type === "finish" && event.finishReason.unified === "content-filter" && path.hasContentPolicy)
      throw withheld({ provider: "", model: "", ...start, finishReason: event.finishReason });
    return { inner, held, start, duration: path.elapsed(), request: asked };
  } catch (error) {
    leave();
    throw error;
  } finally {
    left.removeEventListener("abort", leave);
  }
}

/** Leads a stream along its path to one that has come to its first content; `undefined` where it was left meanwhile. */
export async function openFirst(path: CallPath<GenerateRequest>, left: AbortSignal): Promise<OpenedStream | undefined> {
  for (;;) {
    try {
      return await openStream(path, path.targeted(), left);
    } catch (error) {
      if (left.aborted) return undefined;
      path.advance(error);
    }
  }
}
