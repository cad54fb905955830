import { decompressed } from "./decompress.js";
import type { Exchange, ResponseHead } from "./exchange.js";
import { ResponseBody } from "./response-body.js";
import { ResponseHeaders } from "./response-headers.js";

/** A response as `fetch` gives it, whose headers and body become web objects only where they must. */
export class TransportResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: ResponseHeaders;
  readonly url: string;
  readonly redirected: boolean;
  readonly type = "basic";
  readonly #body: ResponseBody | null;
  /** After `clone` both halves are read through real responses. */
  #cloned: Response | undefined;

  /** @param bodyless whether the response has no body whatever its headers say */
  constructor(head: ResponseHead, exchange: Exchange, url: string, redirected: boolean, bodyless: boolean) {
    this.status = head.status;
    this.statusText = head.statusText;
    this.headers = new ResponseHeaders(head.headers);
    this.url = url;
    this.redirected = redirected;
    this.#body = bodyless ? null : new ResponseBody(decompressed(exchange, head.headers["content-encoding"]));
  }

  /** What lives as long as somebody can read the body. */
  get owner(): object {
    return this.#body ?? this;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#cloned) return this.#cloned.body;
    return this.#body as unknown as ReadableStream<Uint8Array<ArrayBuffer>> | null;
  }

  get bodyUsed(): boolean {
    return this.#cloned ? this.#cloned.bodyUsed : (this.#body?.disturbed ?? false);
  }

  async text(): Promise<string> {
    const bytes = await this.#bytes();
    // A byte order mark is no part of the text.
    const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    return bytes.toString("utf8", start);
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    // A copy: the pieces are views of memory that they share.
    return Uint8Array.from(await this.#bytes());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.headers.get("content-type") ?? "" });
  }

  async formData(): Promise<FormData> {
    const type = this.headers.get("content-type") ?? "";
    return new Response(await this.bytes(), { headers: { "content-type": type } }).formData();
  }

  /** A second response over the same bytes; each buffers what the other has read already, as with `fetch`. */
  clone(): Response {
    if (!this.#cloned) {
      if (this.bodyUsed || this.#body?.locked) throw new TypeError("Response.clone: Body has already been consumed.");
      const { status, statusText } = this;
      const body = this.#body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>()) ?? null;
      this.#cloned = new Response(body, { status, statusText, headers: [...this.headers] });
    }
    const copy = this.#cloned.clone();
    const { url, redirected } = this;
    return Object.defineProperties(copy, { url: { value: url }, redirected: { value: redirected } });
  }

  get [Symbol.toStringTag](): string {
    return "Response";
  }

  async #bytes(): Promise<Buffer> {
    if (this.#cloned) return Buffer.from(await this.#cloned.arrayBuffer());
    if (!this.#body) return Buffer.alloc(0);
    const pieces = await this.#body.collect();
    const [first] = pieces;
    if (first && pieces.length === 1) return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
    return Buffer.concat(pieces);
  }
}
