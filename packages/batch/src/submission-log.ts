import { invalidOption } from "@llmux/core";
import type { BatchItem } from "./batch-item.js";
import { checkHash, type OpenJournal } from "./batch-journal.js";
import type { Submission } from "./submission.js";

/** A submission as it is logged. */
export interface LoggedSubmission extends Submission {
  /** The provider's id; `undefined` as long as nobody has seen the provider's answer. */
  batch?: string | undefined;
}

/** What the journal's notes say. */
type Note =
  | { submitting: string; provider: string; at: number; items: readonly (readonly [id: string, hash: string])[] }
  | { submitted: string; batch: string }
  /** The provider never had it. */
  | { dropped: string }
  /** Ids of requests that got no answer that would stay, and are to be submitted again. */
  | { free: readonly string[] };

interface Place {
  submission: LoggedSubmission;
  index: number;
  hash: string;
}

/**
 * Which requests are with the provider, in which batch: in the journal before and after each submission, so that another run knows both what has arrived and
 * what may have.
 */
export class SubmissionLog {
  readonly #submissions = new Map<string, LoggedSubmission>();
  readonly #places = new Map<string, Place>();

  /** @throws LLMError `invalid-request` where the journal is of batches of another provider */
  constructor(
    readonly journal: OpenJournal | undefined,
    readonly provider: string,
  ) {
    for (const note of (journal?.notes() ?? []) as readonly Note[]) {
      if ("provider" in note && note.provider !== provider)
        throw invalidOption("journal", `holds batches of ${note.provider}, and these are of ${provider}: use another`);
      this.#apply(note);
    }
  }

  /** Those that may or may not have arrived. */
  get unanswered(): LoggedSubmission[] {
    return [...this.#submissions.values()].filter(({ batch }) => batch === undefined);
  }

  /** All batches that are known. */
  get batches(): ReadonlySet<string> {
    return new Set([...this.#submissions.values()].flatMap(({ batch }) => batch ?? []));
  }

  /** Where a request is, if it has been submitted. @throws LLMError `invalid-request` where another is there under its id */
  placeOf({ id, hash }: BatchItem): Place | undefined {
    const place = this.#places.get(id);
    if (place) checkHash({ id, hash: place.hash }, hash);
    return place;
  }

  /** To be called before the provider is. */
  async begin(items: readonly BatchItem[]): Promise<LoggedSubmission> {
    const submitting = crypto.randomUUID().replaceAll("-", "");
    const { provider } = this;
    await this.#note({
      submitting,
      provider,
      at: Date.now(),
      items: items.map(({ id, hash }) => [id, hash] as const),
    });
    return this.#submissions.get(submitting)!;
  }

  /** The provider has it. */
  accepted({ id }: Submission, batch: string): Promise<void> {
    return this.#note({ submitted: id, batch });
  }

  /** The provider never had it. */
  dropped({ id }: Submission): Promise<void> {
    return this.#note({ dropped: id });
  }

  /** These requests are to be submitted again by the next run. */
  async free(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#note({ free: ids });
  }

  async #note(note: Note): Promise<void> {
    await this.journal?.note(note);
    this.#apply(note);
  }

  #apply(note: Note): void {
    if ("submitting" in note) {
      const { submitting: id, at, items } = note;
      const submission: LoggedSubmission = { id, at, count: items.length };
      this.#submissions.set(id, submission);
      for (const [index, [item, hash]] of items.entries()) this.#places.set(item, { submission, index, hash });
    } else if ("submitted" in note) {
      const submission = this.#submissions.get(note.submitted);
      if (submission) submission.batch = note.batch;
    } else if ("dropped" in note) {
      this.#submissions.delete(note.dropped);
      for (const [id, { submission }] of this.#places) if (submission.id === note.dropped) this.#places.delete(id);
    } else for (const id of note.free) this.#places.delete(id);
  }
}
