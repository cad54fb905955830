/** Requests that go, or may have gone, to the provider as one batch. */
export interface Submission {
  /** An id of our own, of 32 hexadecimal digits: what the batch is known by where the provider's answer was lost. */
  readonly id: string;
  /** When it was decided on, in milliseconds since 1970 by the clock of this machine. */
  readonly at: number;
  /** How many requests it holds. */
  readonly count: number;
}

/** What the provider knows of a submission: its batch, nothing, or what can't be told before some batch is over. */
export type SubmissionTrace = { state: "found"; batch: string } | { state: "absent" | "unclear" };

/** How far this machine's clock and the provider's may be apart, in milliseconds. */
const CLOCK_SKEW = 3_600_000;

/** Whether something that the provider dates so may belong to a submission. @param createdAt milliseconds since 1970 */
export function mayBelong(createdAt: number, submission: Submission): boolean {
  return createdAt >= submission.at - CLOCK_SKEW;
}

/** The custom id of one request: of letters that every provider takes, at most 64, and of this submission alone. */
export function customIdOf({ id }: Submission, index: number): string {
  return `${id}-${index}`;
}

/** Which request of a submission a custom id names; `undefined` for one of another. */
export function indexOf(customId: string, { id, count }: Submission): number | undefined {
  const [whose, text = ""] = customId.split("-");
  const index = Number(text);
  return whose === id && /^\d+$/.test(text) && index < count ? index : undefined;
}
