/** A response body: a web stream, or anything that is iterated for bytes or text (a Node stream, an array in a test). */
export type ByteSource =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

/**
 * The pieces of a body. Leaving the loop early cancels the body, which closes the connection. A web stream is read through its
 * reader, which costs less than its own async iterator.
 */
export async function* readPieces(body: ByteSource): AsyncGenerator<Uint8Array | string, void, void> {
  if (!(typeof ReadableStream === "function" && body instanceof ReadableStream)) {
    yield* body as AsyncIterable<Uint8Array | string>;
    return;
  }
  const reader = body.getReader();
  let open = true;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        open = false;
        return;
      }
      yield value;
    }
  } catch (error) {
    open = false;
    throw error;
  } finally {
    if (open) await reader.cancel().catch(() => undefined);
  }
}
