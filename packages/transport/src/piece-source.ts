/** Where a response's bytes come from, piece by piece. */
export interface PieceSource {
  /** The next bytes. Rejects where the body can't be read to its end. */
  next(): Promise<IteratorResult<Uint8Array, undefined>>;
  /** All bytes that are still to come, once they have. */
  collect(): Promise<readonly Uint8Array[]>;
  /** Gives up the rest and frees the connection. Does nothing once all has come. */
  cancel(): void;
}
