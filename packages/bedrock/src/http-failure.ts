import type { ByteSource } from "@llmux/core/adapter";
import type { SdkResponse } from "./fetch-handler.js";
import { readText } from "./read-body.js";

/** An answer of a status above 299. What it means is told later, by `errors.ts`. */
export class HttpFailure extends Error {
  override readonly name: string = "HttpFailure";
  /** Where the SDK looks for the server's clock, by which it corrects its signatures. */
  declare readonly $response: SdkResponse;

  private constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string,
    response: SdkResponse,
  ) {
    super(`HTTP ${status}`);
    Object.defineProperty(this, "$response", { value: response });
  }

  static async from(response: SdkResponse): Promise<HttpFailure> {
    // The status says enough where the rest does not come.
    const text = await readText(response.body as ByteSource).catch(() => "");
    return new HttpFailure(response.statusCode, response.headers, text, { ...response, body: undefined });
  }
}
