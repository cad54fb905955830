import type { GenerateResult, StreamEvent, ToolResultPart } from "@llmux/core";
import { type Colors, colorsFor, type IO, type Output, oneLine, printable } from "./io.js";
import { money, usageLine } from "./usage.js";

export interface RenderOptions {
  /** Show also what is not the answer: reasoning, tools, usage. */
  verbose: boolean;
  /** Warnings that were shown before; those that come are added. Of a conversation, so that each is read once. */
  known?: Set<string> | undefined;
}

/** Shows one answer while it streams: text on stdout, all the rest on stderr. */
export class Renderer {
  readonly #io: IO;
  readonly #verbose: boolean;
  readonly #known: Set<string>;
  readonly #colors: Colors;
  readonly #started: number = performance.now();
  #last: "nothing" | "text" | "reasoning" | "line" = "nothing";
  /** Whether the text written last left the cursor within a line. */
  #open = false;

  constructor(io: IO, { verbose, known = new Set() }: RenderOptions) {
    this.#io = io;
    this.#verbose = verbose;
    this.#known = known;
    this.#colors = colorsFor(io.stderr, io.env);
  }

  readonly event = (event: StreamEvent): void => {
    const { stdout, stderr } = this.#io;
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
        this.#write(stdout, "text", event.delta);
        break;
      case "reasoning-delta":
        if (this.#verbose) this.#write(stderr, "reasoning", event.delta);
        break;
      case "tool-call":
        this.#note(`→ ${event.name}(${event.inputText ?? JSON.stringify(event.input)})`);
        break;
      default:
    }
  };

  readonly toolResult = ({ output, isError }: ToolResultPart): void => {
    this.#note(`← ${isError ? "failed: " : ""}${typeof output === "string" ? output : JSON.stringify(output)}`);
  };

  /** Closes the answer's last line, whether it came to its end or not. */
  end(): void {
    if (this.#open) (this.#last === "reasoning" ? this.#io.stderr : this.#io.stdout).write("\n");
    this.#open = false;
  }

  /** What there is to say of a finished answer. */
  summary({ usage, cost, finishReason, warnings, model, provider }: GenerateResult): void {
    this.end();
    for (const { message } of warnings) {
      if (!this.#known.has(message)) this.warn(message);
      this.#known.add(message);
    }
    const why = UNUSUAL[finishReason.unified];
    if (why) this.warn(why);
    const took = ((performance.now() - this.#started) / 1000).toFixed(1);
    if (this.#verbose)
      this.#note(
        [usageLine(usage), ...(cost ? [money(cost.total)] : []), `${took} s`, `${provider}/${model}`].join(" · "),
      );
  }

  warn(message: string): void {
    this.end();
    this.#io.stderr.write(`${this.#colors.yellow(`warning: ${oneLine(message)}`)}\n`);
  }

  #note(text: string): void {
    if (!this.#verbose) return;
    this.end();
    this.#last = "line";
    this.#io.stderr.write(`${this.#colors.dim(oneLine(text))}\n`);
  }

  #write(stream: Output, kind: "text" | "reasoning", delta: string): void {
    if (delta === "") return;
    if (this.#last !== kind) {
      this.end();
      if (this.#last === "reasoning") this.#io.stderr.write("\n");
      this.#last = kind;
    }
    const text = stream.isTTY ? printable(delta) : delta;
    stream.write(kind === "reasoning" ? this.#colors.dim(text) : text);
    this.#open = !delta.endsWith("\n");
  }
}

const UNUSUAL: Readonly<Record<string, string | undefined>> = {
  length: "the answer was cut at the token limit",
  "content-filter": "the provider's content filter stopped the answer",
};
