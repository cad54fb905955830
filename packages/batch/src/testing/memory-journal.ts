import type { BatchJournal, JournalEntry, OpenJournal } from "../batch-journal.js";

/** A journal that lasts as long as the test. */
export class MemoryJournal implements BatchJournal {
  readonly entries: Map<string, JournalEntry> = new Map();
  readonly noted: unknown[] = [];
  /** Which note is never written, as if the process had died before it. */
  dieBefore: (note: unknown) => boolean = () => false;

  async open(): Promise<OpenJournal> {
    return {
      find: async (id) => this.entries.get(id),
      record: async (entry) => void this.entries.set(entry.id, entry),
      notes: () => this.noted,
      note: async (value) => {
        if (this.dieBefore(value)) throw new Error("killed");
        this.noted.push(value);
      },
      close: async () => {},
    };
  }
}
