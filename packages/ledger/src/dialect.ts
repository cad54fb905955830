import type { Column } from "./columns.js";

/** What the two databases say differently. Expressions name the columns of the table `calls`, whatever the table is called. */
export interface Dialect {
  /** The table, quoted where it must be. */
  table: string;
  placeholder(index: number): string;
  /** A moment as a value, and its placeholder as an expression that compares with `started_at`. */
  time(at: Date): string | number;
  timeOf(placeholder: string): string;
  boolean(value: boolean): boolean | number;
  /** A column as it is read. */
  selected(column: Column): string;
  /** The beginning of the hour, day or month of a call, in UTC, as text that sorts and that `new Date` reads. */
  bucket: Readonly<Record<"hour" | "day" | "month", string>>;
  /** Joins each call with its tags, as `tag`; a call without tags once, with none. */
  joinTags: string;
  tag: string;
  /** Whether a call has one of the tags. */
  hasTag(placeholders: string): string;
  hasNoTags: string;
}

/** A statement in the making: every value goes through `value`, so that none is ever part of the text. */
export class Statement {
  readonly values: unknown[] = [];

  constructor(readonly dialect: Dialect) {}

  value(value: unknown): string {
    return this.dialect.placeholder(this.values.push(value));
  }

  time(at: Date): string {
    return this.dialect.timeOf(this.value(this.dialect.time(at)));
  }
}
