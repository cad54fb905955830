import { headersToObject } from "./headers-to-object.js";
import type { ResponseInfo } from "./result.js";

/**
 * What is known of an HTTP answer, and its headers, which are made into an object when somebody first asks for them: hardly anybody does, and it takes
 * as long as all else that there is to do about a short answer.
 *
 * @returns the very object that was given
 */
export function withHeaders<T extends ResponseInfo>(info: T, headers: Headers): T {
  let made: ResponseInfo["headers"];
  return Object.defineProperty(info, "headers", {
    enumerable: true,
    configurable: true,
    get() {
      made ??= headersToObject(headers);
      return made;
    },
    set(value: ResponseInfo["headers"]) {
      made = value;
    },
  });
}
