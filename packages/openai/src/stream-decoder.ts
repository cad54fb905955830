import type { AdapterEvent } from "@llmux/core/adapter";

/**
 * Reads one stream of one API. It is fed the payload of each server-sent event and gives back what they mean. The backend drives
 * every decoder with the same loop, and itself puts the `start` event with the facts of the HTTP exchange before all: what the
 * body says of the response (id, model, time) comes with `finish`.
 */
export interface StreamDecoder {
  /**
   * Takes the `data` of one server-sent event. Events that it made before it threw are still to be taken.
   * @throws LLMError what the provider reports in mid-stream; `malformed-response` for what can't be read
   */
  push(data: string): void;
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
