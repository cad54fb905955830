import { collect, type FinishEvent, type GenerateRequest, type StartEvent, type StreamEvent } from "@llmux/core";
import { copyData } from "./copy-data.js";
import { nothingOf, outputOf, withoutHeaders } from "./kept-answer.js";

/** A copy that shares nothing that can be changed. */
export function copyEvent(event: StreamEvent): StreamEvent {
  if (!("delta" in event)) return copyData(event);
  const { type, id, delta } = event;
  return { type, id, delta };
}

/** The start of a stream for those who pay nothing. */
export function replayedStart(start: StartEvent, cachedAt: Date): StartEvent {
  return { ...copyData(start), response: withoutHeaders(start.response), cachedAt: new Date(cachedAt) };
}

/** The finish of a stream for those who pay nothing. */
export function replayedFinish(finish: FinishEvent, cachedAt: Date): FinishEvent {
  const { attempts: _, cost, response, ...rest } = copyData(finish);
  return {
    ...rest,
    ...(response && { response: withoutHeaders(response) }),
    ...(cost && { cost: nothingOf(cost) }),
    cachedAt: new Date(cachedAt),
  };
}

/** The finish with the reply as another request's own schema has it. @throws LLMError `malformed-response` */
export async function withOutputOf(
  finish: FinishEvent,
  events: readonly StreamEvent[],
  output: NonNullable<GenerateRequest["output"]>,
): Promise<FinishEvent> {
  return { ...finish, output: await outputOf(await collect(iterate(events)), output) };
}

/** Events that have come, as the stream that they were. */
export function iterate(events: readonly StreamEvent[]): AsyncIterable<StreamEvent> {
  let at = 0;
  const next = async (): Promise<IteratorResult<StreamEvent>> => {
    const value = events[at++];
    return value ? { done: false, value } : { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}
