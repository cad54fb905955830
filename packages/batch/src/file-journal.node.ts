import { type FileHandle, open } from "node:fs/promises";
import { invalidOption } from "@llmux/core";
import { fromExactJSON, toExactJSON } from "@llmux/core/exact-json";
import type { BatchJournal, JournalEntry, OpenJournal } from "./batch-journal.js";
import { lockFile } from "./file-lock.node.js";

export interface FileJournalOptions {
  /** Wait for the disk, so that entries survive a power cut too, and not only the death of the process. Default true. */
  sync?: boolean | undefined;
}

/**
 * A journal in a file: a line of JSON for each request that is done with. Ids and places are held in memory, results are not.
 * A last line that was torn by a crash is cut off.
 *
 * @param path is made where it is not there; beside it lies `<path>.lock` while a run has it
 */
export function fileJournal(path: string, { sync = true }: FileJournalOptions = {}): BatchJournal {
  if (typeof path !== "string" || path === "") throw invalidOption("path", "must name a file");
  return {
    async open() {
      const unlock = await lockFile(path);
      try {
        // Not `a`: what is written must land where the torn line was cut.
        const file = await open(path, "r+").catch((error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return open(path, "w+");
          throw error;
        });
        try {
          const journal = new FileJournal(path, file, sync, unlock);
          await journal.load();
          return journal;
        } catch (error) {
          await file.close();
          throw error;
        }
      } catch (error) {
        await unlock();
        throw error;
      }
    },
  };
}

interface Place {
  start: number;
  length: number;
}

const NEWLINE = 10;
const CHUNK = 1 << 20;

class FileJournal implements OpenJournal {
  readonly #places = new Map<string, Place>();
  readonly #notes: unknown[] = [];
  #end = 0;
  #waiting: Buffer[] = [];
  #writing: Promise<void> = Promise.resolve();
  /** The write that will take along what waits now. */
  #next: Promise<void> | undefined;

  constructor(
    readonly path: string,
    readonly file: FileHandle,
    readonly sync: boolean,
    readonly unlock: () => Promise<void>,
  ) {}

  async load(): Promise<void> {
    const pieces: Buffer[] = [];
    const chunk = Buffer.alloc(CHUNK);
    for (let at = 0; ; ) {
      const { bytesRead } = await this.file.read(chunk, 0, CHUNK, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      let from = 0;
      for (let to = chunk.indexOf(NEWLINE); to >= 0 && to < bytesRead; to = chunk.indexOf(NEWLINE, from)) {
        pieces.push(Buffer.from(chunk.subarray(from, to + 1)));
        this.#take(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
        pieces.length = 0;
        from = to + 1;
      }
      if (from < bytesRead) pieces.push(Buffer.from(chunk.subarray(from, bytesRead)));
    }
    await this.file.truncate(this.#end);
  }

  #take(line: Buffer): void {
    let value: { id?: unknown; note?: unknown };
    try {
      value = fromExactJSON(line.toString()) as typeof value;
      if (typeof value !== "object" || value === null) throw new TypeError("not an object");
    } catch (cause) {
      throw Object.assign(
        invalidOption("journal", `${this.path} is not a journal, or is damaged, at byte ${this.#end}`),
        {
          cause,
        },
      );
    }
    if (typeof value.id === "string") this.#places.set(value.id, { start: this.#end, length: line.length });
    else this.#notes.push(value.note);
    this.#end += line.length;
  }

  async find(id: string): Promise<JournalEntry | undefined> {
    const place = this.#places.get(id);
    if (!place) return undefined;
    const line = Buffer.alloc(place.length);
    await this.file.read(line, 0, place.length, place.start);
    return fromExactJSON(line.toString()) as JournalEntry;
  }

  async record(entry: JournalEntry): Promise<void> {
    const line = Buffer.from(`${toExactJSON(entry)}\n`);
    const place = { start: this.#end, length: line.length };
    await this.#append(line);
    this.#places.set(entry.id, place);
  }

  notes(): readonly unknown[] {
    return this.#notes;
  }

  async note(value: unknown): Promise<void> {
    await this.#append(Buffer.from(`${toExactJSON({ note: value })}\n`));
    this.#notes.push(value);
  }

  /** Those that come while one write is under way share the next, and its wait for the disk. */
  #append(line: Buffer): Promise<void> {
    this.#waiting.push(line);
    this.#end += line.length;
    if (!this.#next) {
      this.#next = this.#writing.then(() => this.#flush());
      this.#writing = this.#next;
      this.#next.catch(() => {});
    }
    return this.#next;
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    const start = this.#end - bytes.length;
    this.#waiting = [];
    this.#next = undefined;
    for (let done = 0; done < bytes.length; ) {
      done += (await this.file.write(bytes, done, bytes.length - done, start + done)).bytesWritten;
    }
    if (this.sync) await this.file.datasync();
  }

  async close(): Promise<void> {
    try {
      await this.#writing;
    } finally {
      await this.file.close();
      await this.unlock();
    }
  }
}
