import { type ImagePart, isLLMError, type Message, type UserMessage } from "@llmux/core";
import { answer } from "./answer.js";
import { loadImage } from "./ask.js";
import { errorLine, UsageError } from "./errors.js";
import { type Colors, colorsFor, type IO, oneLine } from "./io.js";
import { Prompt } from "./prompt.js";
import { Renderer } from "./render.js";
import type { Session } from "./session.js";

export interface ChatOptions {
  system?: string | undefined;
  /** Sent with the first prompt. */
  images: readonly ImagePart[];
  tools: boolean;
}

const COMMANDS = `/help              this
/model [name]      which model answers; with a name, go on with that one
/image path|URL    send an image with the next prompt
/retry             send the last prompt again
/clear             forget the conversation
/exit              leave; so does Ctrl-D
Ctrl-C stops an answer. A line that ends in \\ goes on in the next.`;

/** A conversation, until the person leaves. */
export async function chat(io: IO, session: Session, options: ChatOptions): Promise<void> {
  const conversation = new Conversation(io, session, options);
  await conversation.run();
}

class Conversation {
  readonly #io: IO;
  readonly #session: Session;
  readonly #options: ChatOptions;
  readonly #colors: Colors;
  readonly #prompt: Prompt;
  readonly #warnings = new Set<string>();
  #messages: Message[] = [];
  #images: readonly ImagePart[];
  /** The prompt sent last, and how long the conversation was before it. */
  #last: { message: UserMessage; at: number } | undefined;
  /** The answer that is under way. */
  #turn: AbortController | undefined;
  #leaving = false;

  constructor(io: IO, session: Session, options: ChatOptions) {
    this.#io = io;
    this.#session = session;
    this.#options = options;
    this.#images = options.images;
    this.#colors = colorsFor(io.stderr, io.env);
    this.#prompt = new Prompt(io);
    this.#clear();
  }

  async run(): Promise<void> {
    const release = this.#io.onInterrupt(this.#interrupt);
    this.#prompt.onInterrupt(this.#interrupt);
    try {
      this.#say(`${this.#session.model ?? ""} · /help for commands, Ctrl-C stops an answer, Ctrl-D leaves`);
      while (!this.#leaving) {
        const line = await this.#readPrompt();
        if (line === undefined) {
          this.#leave();
          break;
        }
        if (line.startsWith("/")) await this.#command(line).catch((error) => this.#fail(error));
        else if (line !== "") await this.#send(this.#message(line));
      }
    } finally {
      this.#prompt.close();
      release();
    }
  }

  async #readPrompt(): Promise<string | undefined> {
    const { bold } = this.#colors;
    let text = "";
    for (;;) {
      const line = await this.#prompt.next(text === "" ? bold("> ") : bold("… "));
      if (line === undefined) return text.trim() || undefined;
      if (!line.endsWith("\\")) return `${text}${line}`.trim();
      text += `${line.slice(0, -1)}\n`;
    }
  }

  readonly #interrupt = (): void => {
    if (this.#turn && !this.#turn.signal.aborted) this.#turn.abort();
    else if (this.#turn || !this.#prompt.discard()) this.#leave();
  };

  #leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    if (this.#io.stdin.isTTY) this.#io.stderr.write("\n");
    this.#prompt.close();
  }

  #message(text: string): UserMessage {
    const images = this.#images;
    this.#images = [];
    return { role: "user", content: images.length > 0 ? [...images, { type: "text", text }] : text };
  }

  /** Sends a prompt. It and its answer join the conversation only when there is an answer, so that a failure loses nothing. */
  async #send(message: UserMessage): Promise<void> {
    const { llm, wait } = this.#session;
    this.#last = { message, at: this.#messages.length };
    this.#turn = new AbortController();
    const renderer = new Renderer(this.#io, { verbose: true, known: this.#warnings });
    try {
      const { result, messages } = await answer(llm, [...this.#messages, message], {
        tools: this.#options.tools,
        signal: this.#turn.signal,
        onEvent(event) {
          wait.clear();
          renderer.event(event);
        },
        onToolResult: renderer.toolResult,
      });
      this.#messages.push(message, ...messages);
      renderer.summary(result);
    } catch (error) {
      wait.clear();
      renderer.end();
      if (isLLMError(error, "aborted")) this.#stopped(message, error.partial?.text);
      else {
        this.#fail(error);
        this.#say("/retry sends it again");
      }
    } finally {
      this.#turn = undefined;
    }
  }

  /** What was said before the person stopped it stays in the conversation: they have read it and may refer to it. */
  #stopped(message: UserMessage, text: string | undefined): void {
    if (text) this.#messages.push(message, { role: "assistant", content: text });
    this.#say(`stopped; /retry sends it again${text ? "" : ", as nothing had been answered"}`);
  }

  async #command(line: string): Promise<void> {
    const [, name = "", rest = ""] = /^\/(\S*)\s*(.*)$/s.exec(line) ?? [];
    switch (name) {
      case "help":
        this.#say(COMMANDS);
        break;
      case "model":
        if (rest !== "") await this.#session.use(rest);
        this.#say(`${this.#session.model ?? ""} answers`);
        break;
      case "image":
        if (rest === "") throw new UsageError("/image takes a path or a URL");
        this.#images = [...this.#images, await loadImage(rest)];
        this.#say("goes with the next prompt");
        break;
      case "retry":
        if (!this.#last) throw new UsageError("there is no prompt to send again");
        this.#messages.length = this.#last.at;
        await this.#send(this.#last.message);
        break;
      case "clear":
        this.#clear();
        this.#say("the conversation is forgotten");
        break;
      case "exit":
      case "quit":
        this.#leaving = true;
        break;
      default:
        throw new UsageError(`there is no command /${name}; /help lists them`);
    }
  }

  #clear(): void {
    const { system } = this.#options;
    this.#messages = system === undefined ? [] : [{ role: "system", content: system }];
    this.#last = undefined;
  }

  #say(text: string): void {
    this.#io.stderr.write(`${this.#colors.dim(text)}\n`);
  }

  #fail(error: unknown): void {
    const line = error instanceof UsageError ? oneLine(error.message) : errorLine(error);
    this.#io.stderr.write(`${this.#colors.red(line)}\n`);
  }
}
