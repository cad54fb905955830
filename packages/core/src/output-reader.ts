import type { GenerateRequest } from "./request.js";
import type { FinishEvent, StreamEvent } from "./stream-event.js";
import { outputOf } from "./structured-output.js";
import type { Warning } from "./warning.js";

/** Keeps the text of a stream whose reply is to be parsed, and puts the parsed value on its `finish`. */
export class OutputReader {
  readonly #output: NonNullable<GenerateRequest["output"]>;
  #text = "";

  constructor(output: NonNullable<GenerateRequest["output"]>) {
    this.#output = output;
  }

  /** @throws LLMError `malformed-response`, for a reply that is not what was asked for */
  read(batch: StreamEvent[], warnings: Warning[]): Promise<void> | undefined {
    for (const event of batch) if (event.type === "text-delta") this.#text += event.delta;
    const last = batch[batch.length - 1];
    return last?.type === "finish" ? this.#finish(last, warnings) : undefined;
  }

  async #finish(finish: FinishEvent, warnings: Warning[]): Promise<void> {
    const parsed = await outputOf({ ...finish, text: this.#text }, this.#output);
    finish.output = parsed.output;
    warnings.push(...parsed.warnings);
  }
}
