import { invalidOption } from "@llmux/core";
import type { BatchOutcome } from "./batch-item.js";

/** A request that is done with. */
export interface JournalEntry extends Pick<BatchOutcome, "id" | "result" | "error"> {
  /** {@link BatchItem.hash} of the request that it answers. */
  hash: string;
}

/** Where a batch writes down what it has finished, so that a later run begins where it was cut off. */
export interface BatchJournal {
  /** Takes it for one run. @throws LLMError `invalid-request` where another run has it */
  open(): Promise<OpenJournal>;
}

/** A journal in the hands of one run. */
export interface OpenJournal {
  find(id: string): Promise<JournalEntry | undefined>;
  /** Resolves once the entry would survive the death of the process. */
  record(entry: JournalEntry): Promise<void>;
  /** All that was noted, in order. */
  notes(): readonly unknown[];
  /** Writes down a fact of the run itself, as `record` does. */
  note(value: unknown): Promise<void>;
  close(): Promise<void>;
}

/** An entry as the outcome of this run. @throws LLMError `invalid-request` where it is of another request than that with the hash */
export function resumedOutcome<T>(entry: JournalEntry, hash: string): BatchOutcome<T> {
  checkHash(entry, hash);
  const { id, result, error } = entry;
  return { id, result: result as T | undefined, error, resumed: true };
}

/** @throws LLMError `invalid-request` where the journal holds another request under the same id */
export function checkHash(entry: { id: string; hash: string }, hash: string): void {
  if (entry.hash === hash) return;
  throw invalidOption(
    "journal",
    `holds another request under the id ${JSON.stringify(entry.id)}: the list has changed since; use another journal, or other ids`,
  );
}
