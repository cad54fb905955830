import { readFile } from "node:fs/promises";
import { LLMError, type LLMErrorInit, requestKey } from "@llmux/core";
import { revive, scrub } from "./scrub.js";

/** One call as it is kept in a file: a line of JSON. */
export interface RecordedCall {
  /** The method: `generate`, `stream`, `embed`, … */
  call: string;
  /** Scrubbed. */
  request: Record<string, unknown>;
  /** What came of it: the result of a call, the events of a stream. */
  result?: unknown;
  events?: unknown[];
  /** Whether the stream was left before its end. */
  left?: boolean;
  error?: LLMErrorInit;
}

/** What a call asks, as it would stand in a file: scrubbed alike, so that a recorded request is found again by the live one. */
export function keyOf(request: object, secrets: readonly string[]): string {
  return JSON.stringify(scrub(JSON.parse(requestKey(request)), secrets));
}

/** The calls of a file. @throws LLMError `not-found` where there is no such file, `malformed-response` where a line is no call */
export async function readRecording(file: string): Promise<RecordedCall[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new LLMError({
      kind: "not-found",
      message: `There is no recording at ${file}: make one with record(backend, file)`,
      cause,
    });
  }
  return text
    .split("\n")
    .map((line, index) => ({ line, index }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, index }) => {
      try {
        return revive(JSON.parse(line)) as RecordedCall;
      } catch (cause) {
        throw new LLMError({
          kind: "malformed-response",
          message: `${file}:${index + 1} is no recorded call`,
          text: line,
          cause,
        });
      }
    });
}
