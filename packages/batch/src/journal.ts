export type { BatchJournal, JournalEntry, OpenJournal } from "./batch-journal.js";
export { type FileJournalOptions, fileJournal } from "./file-journal.node.js";
