import { Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { PieceSource } from "./piece-source.js";

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/**
 * The source with its content codings undone, outermost last, as the header lists them. A coding that is not known leaves the
 * bytes as they are, as `fetch` does. Nothing here asks a server to compress: that is for the caller's `accept-encoding`.
 */
export function decompressed(source: PieceSource, contentEncoding: string | string[] | undefined): PieceSource {
  if (contentEncoding === undefined) return source;
  const codings = String(contentEncoding)
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length === 0 || !codings.every((coding) => Object.hasOwn(DECODERS, coding))) return source;
  return codings.reduceRight<PieceSource>(
    (inner, coding) => new Decompressed(inner, (DECODERS[coding] as () => Transform)()),
    source,
  );
}

class Decompressed implements PieceSource {
  readonly #source: PieceSource;
  readonly #decoder: Transform;
  readonly #pieces: AsyncIterator<Uint8Array, undefined>;

  constructor(source: PieceSource, decoder: Transform) {
    this.#source = source;
    this.#decoder = decoder;
    const input = Readable.from({
      [Symbol.asyncIterator]: () => ({
        next: () => source.next(),
        return: async () => {
          source.cancel();
          return { done: true as const, value: undefined };
        },
      }),
    });
    input.on("error", (error) => decoder.destroy(error));
    decoder.on("error", () => source.cancel());
    input.pipe(decoder);
    this.#pieces = decoder[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      return await this.#pieces.next();
    } catch (error) {
      // What the connection's own failure is already told as stays as it is.
      if (
        (error as { code?: string }).code?.startsWith("Z_") ||
        (error as { code?: string }).code?.startsWith("ERR_")
      ) {
        throw new TypeError("terminated", { cause: error });
      }
      throw error;
    }
  }

  async collect(): Promise<readonly Uint8Array[]> {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await this.next();
      if (done) return pieces;
      pieces.push(value);
    }
  }

  cancel(): void {
    this.#source.cancel();
    this.#decoder.destroy();
  }
}
