/**
 * What is wrong with a stream, thrown by what reads it in every program. It is put in words by code that is loaded only then: text is
 * what weighs most in a program that never needs it.
 */
export class StreamFault extends Error {
  /** @param got What came, where that is to be shown; of `reported` what the provider says in mid-stream that went wrong. */
  constructor(
    readonly what: "cut" | "no-body" | "not-json" | "not-object" | "shape" | "too-long" | "reported",
    readonly got?: unknown,
  ) {
    super(what);
  }
}
