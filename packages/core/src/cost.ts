/** What a call cost. */
export interface Cost {
  /** US dollars. */
  total: number;
  /** US dollars for the input, cached tokens included; `undefined` where only the total is known. */
  input?: number | undefined;
  /** US dollars for the output, reasoning included; `undefined` where only the total is known. */
  output?: number | undefined;
  /** Whose figure it is: the provider's own report, a price list, or prices that the application set. */
  source: "provider" | "list" | "own";
}
