import type { LLMBackend } from "@llmux/core";
import { invalidOption } from "@llmux/core";
import type { Attributes, Meter, MeterProvider, Tracer, TracerProvider } from "@opentelemetry/api";
import type { CallName } from "./operations.js";
import { createRedactor, type RedactionPattern, type Redactor, redactKeys } from "./redactor.js";

/** What of the content of `generate` and `stream` is recorded. */
export interface ContentOptions {
  /** `gen_ai.input.messages`. Default true. */
  input?: boolean | undefined;
  /** `gen_ai.output.messages`. Default true. */
  output?: boolean | undefined;
  /** `gen_ai.system_instructions`: the system messages that the request begins with. Default true. */
  instructions?: boolean | undefined;
  /** `gen_ai.tool.definitions`: names alone, or `"full"` with descriptions and parameters. Default true. */
  tools?: boolean | "full" | undefined;
  /** Most characters of text (UTF-16 units, before JSON) in each of these attributes. Default 32,768. */
  maxLength?: number | undefined;
}

/** The request of any call. */
export type AnyRequest = NonNullable<Parameters<NonNullable<LLMBackend[CallName]>>[0]>;

export interface TelemetryOptions {
  /** Default: one of `tracerProvider`. */
  tracer?: Tracer | undefined;
  /** Default: the global one, also where it is registered later. */
  tracerProvider?: TracerProvider | undefined;
  /** Default: one of `meterProvider`. */
  meter?: Meter | undefined;
  /** Default: the global one, also where it is registered later. */
  meterProvider?: MeterProvider | undefined;
  /** Records prompts and answers. Default false. */
  content?: boolean | ContentOptions | undefined;
  /**
   * Goes over every text that is recorded: content, error messages, names of keys, users, tags and sessions. In place of the built-in
   * patterns for personal data; those for keys hold in any case. One that throws has the attribute left out. Default `createRedactor()`.
   */
  redact?: Redactor | readonly (Redactor | RedactionPattern)[] | undefined;
  /** Further attributes of a call's span. */
  attributes?: ((request: AnyRequest, call: CallName) => Attributes | undefined) | undefined;
  /** Whether `request.context` is recorded: key, user, tags, session. Default true. */
  context?: boolean | undefined;
  /** Records what errors say, which may quote prompts, beside their kind. Default false. */
  errorMessages?: boolean | undefined;
  /** Where the provider is. A backend does not know it. */
  server?: { address: string; port?: number | undefined } | undefined;
}

/** Options with their defaults, checked. */
export interface Settings extends Pick<TelemetryOptions, "attributes" | "server"> {
  readonly content: Required<ContentOptions> | undefined;
  readonly redact: Redactor;
  readonly context: boolean;
  readonly errorMessages: boolean;
}

const ALL: Required<ContentOptions> = {
  input: true,
  output: true,
  instructions: true,
  tools: true,
  maxLength: 32_768,
};

/** @throws LLMError `invalid-request` for options that make no sense */
export function settingsFrom(options: TelemetryOptions): Settings {
  const { content, attributes, context = true, errorMessages = false, server } = options;
  if (attributes !== undefined && typeof attributes !== "function")
    throw invalidOption("attributes", "must be a function");
  if (typeof context !== "boolean") throw invalidOption("context", "must be true or false");
  if (typeof errorMessages !== "boolean") throw invalidOption("errorMessages", "must be true or false");
  if (server !== undefined && typeof server?.address !== "string")
    throw invalidOption("server", "must have an address");
  return {
    content: contentFrom(content),
    redact: redactorFrom(options.redact),
    attributes,
    context,
    errorMessages,
    server,
  };
}

function contentFrom(content: TelemetryOptions["content"]): Required<ContentOptions> | undefined {
  if (content === undefined || content === false) return undefined;
  if (content === true) return ALL;
  if (typeof content !== "object" || content === null)
    throw invalidOption("content", "must be true, false or an object");
  const given = Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(ALL, name)) throw invalidOption(`content.${name}`, "is no option");
    if (name === "maxLength" ? !(Number.isInteger(value) && (value as number) > 0) : !isSwitch(name, value))
      throw invalidOption(
        `content.${name}`,
        name === "maxLength" ? "must be a whole number above 0" : "must be true or false",
      );
  }
  return { ...ALL, ...given };
}

function isSwitch(name: string, value: unknown): boolean {
  return typeof value === "boolean" || (name === "tools" && value === "full");
}

function redactorFrom(redact: TelemetryOptions["redact"]): Redactor {
  if (redact === undefined) return createRedactor();
  if (typeof redact !== "function" && !Array.isArray(redact))
    throw invalidOption("redact", "must be a function or a list");
  const own =
    typeof redact === "function" ? redact : createRedactor({ patterns: redact as RedactionPattern[], builtIn: false });
  return (text) => {
    const left = own(text);
    if (typeof left !== "string") throw new TypeError("The redact hook gave no text");
    return redactKeys(left);
  };
}
