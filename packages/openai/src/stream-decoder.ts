import type { AdapterEvent } from "@llmux/core/adapter";

/**
 * Reads one stream of one API. It is fed the payload of each server-sent event and gives back what they mean. The backend drives
 * every decoder with the same loop, and itself puts the `start` event with the facts of the HTTP exchange before all: what the
 * body says of the response (id, model, time) comes with `finish`.
 */
export interface StreamDecoder {
  /**
   * Takes the `data` of one server-sent event. Events that it made before it threw are still to be taken. Where it gives a promise,
   * the next is to be pushed only after that.
   * @throws LLMError `malformed-response` for what can't be read, and what the provider reports in mid-stream (or a
   * {@link StreamTrouble}, which the loop makes into that)
   */
  push(data: string): undefined | void | Promise<void>;
  /** The events since the last take. */
  take(): AdapterEvent[];
  /** Whether the provider's end marker has come; the `finish` event has then been made. */
  readonly done: boolean;
  /**
   * Called at the end of the body.
   * @throws LLMError `connection` where the end marker had not come
   */
  end(): void;
}

/** Why a stream can't be read on. What it means is told by code that is loaded only then: stream-failure.ts. */
export type Trouble = "reported" | "not-json" | "no-object" | "cut";

/** An error object in mid-stream, what is no event, or an end too soon. */
export class StreamTrouble extends Error {
  constructor(
    readonly trouble: Trouble,
    /** The error object, or what came in place of an event. */
    readonly what: object | string,
  ) {
    super(trouble);
  }
}
