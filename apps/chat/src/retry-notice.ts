import type { LLMError, RetryNotice } from "@llmux/core";
import { seconds } from "./errors.js";
import { colorsFor, type IO } from "./io.js";

/** Why a call is tried again, in a few words. */
export function reasonFor({ kind, provider, status }: LLMError): string {
  const who = provider ?? "the provider";
  switch (kind) {
    case "rate-limit":
      return `rate limited by ${who}`;
    case "overloaded":
      return `${who} is overloaded`;
    case "connection":
      return `no connection to ${who}`;
    case "timeout":
      return `no answer from ${who} in time`;
    default:
      return `${who} failed${status === undefined ? "" : ` with ${status}`}`;
  }
}

/** Shows a wait on one line: counting down where a terminal can show it, else said once. */
export class RetryWait {
  readonly #io: Pick<IO, "stderr" | "env">;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(io: Pick<IO, "stderr" | "env">) {
    this.#io = io;
  }

  readonly show = ({ error, attempt, attempts, at }: RetryNotice): void => {
    this.clear();
    const { stderr, env } = this.#io;
    const line = (): string => {
      const left = Math.max(0, at.getTime() - Date.now());
      return `${reasonFor(error)}, attempt ${attempt} of ${attempts} ${left > 0 ? `in ${seconds(left)}` : "now"}`;
    };
    if (!stderr.isTTY) {
      stderr.write(`${line()}\n`);
      return;
    }
    const { yellow } = colorsFor(stderr, env);
    const draw = (): void => {
      // A line that wraps could not be taken away again.
      stderr.write(`\r\x1b[K${yellow(line().slice(0, (stderr.columns ?? 80) - 1))}`);
    };
    draw();
    this.#timer = setInterval(draw, 1000);
  };

  /** Takes the line away: the wait is over, or was given up. */
  readonly clear = (): void => {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#io.stderr.write("\r\x1b[K");
  };
}
