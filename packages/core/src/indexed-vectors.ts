import { base64ToBytes } from "./base64.js";
import { malformed } from "./malformed.js";

/** One vector of an embedding response in OpenAI's form, which many speak. */
export interface IndexedVector {
  /** Of its text among those of the request; none: that of its place. */
  index?: number | null | undefined;
  /** Numbers, or base64 of little-endian floats. */
  embedding?: readonly number[] | string | null | undefined;
}

/**
 * The vectors of one response, in the order of the request.
 *
 * @param answer The response's body, for the error, and `whose` it is: "Acme's answer".
 * @throws LLMError `malformed-response` where there is not one vector for each of `count` texts, all of one length
 */
export function vectorsInOrder(data: unknown, count: number, answer: unknown, whose: string): Float32Array[] {
  if (!Array.isArray(data)) throw malformed(`${whose} holds no embeddings`, answer);
  const vectors = new Array<Float32Array | undefined>(count).fill(undefined);
  for (const [position, item] of (data as readonly (IndexedVector | null)[]).entries()) {
    const index = item?.index ?? position;
    if (item?.embedding && index < count) vectors[index] = toVector(item.embedding);
  }
  const length = vectors[0]?.length;
  if (data.length !== count || !vectors.every((vector) => vector && vector.length === length)) {
    throw malformed(`${whose} does not hold ${count} embeddings of one length`, answer);
  }
  return vectors as Float32Array[];
}

function toVector(embedding: readonly number[] | string): Float32Array {
  if (typeof embedding !== "string") return Float32Array.from(embedding);
  let bytes = decode(embedding);
  if (bytes.byteOffset % 4 !== 0) bytes = bytes.slice();
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/** Node's own decoder is the fastest by far where it exists. */
function decode(base64: string): Uint8Array<ArrayBufferLike> {
  const { Buffer: node } = globalThis as { Buffer?: { from(text: string, encoding: "base64"): Uint8Array } };
  return node ? node.from(base64, "base64") : base64ToBytes(base64);
}
