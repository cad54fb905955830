import type { Attributes, AttributeValue, Span } from "@opentelemetry/api";
import { guard, tell } from "./guard.js";
import { type Redactor, redactKeys } from "./redactor.js";

/**
 * The one way in which attributes get onto spans, so that none does unseen: facts lose whatever looks like a key, texts go through the
 * redaction hook as well. A value that can't be recorded is left out.
 */
export class Recorder {
  constructor(
    readonly span: Span,
    private readonly redact: Redactor,
  ) {}

  /** A fact: a number, an id, a name of the provider's or of the contract. */
  fact(name: string, value: AttributeValue | undefined): void {
    if (value === undefined) return;
    try {
      this.span.setAttribute(name, cleaned(value, redactKeys));
    } catch (error) {
      tell(name, error);
    }
  }

  /** Something that a person may have written. */
  text(name: string, value: string | readonly string[] | undefined): void {
    if (value === undefined) return;
    try {
      this.span.setAttribute(name, cleaned(value as AttributeValue, this.redact));
    } catch (error) {
      tell(name, error);
    }
  }

  /** What the application wants recorded. */
  own(attributes: Attributes | undefined): void {
    for (const [name, value] of Object.entries(attributes ?? {})) this.text(name, value as string | undefined);
  }

  event(name: string, attributes: Attributes): void {
    guard(name, () => {
      const clean: Attributes = {};
      for (const [key, value] of Object.entries(attributes))
        if (value !== undefined) clean[key] = cleaned(value, redactKeys);
      this.span.addEvent(name, clean);
    });
  }
}

function cleaned(value: AttributeValue, redact: Redactor): AttributeValue {
  if (typeof value === "string") return redact(value);
  if (!Array.isArray(value)) return value;
  return value.map((one) => (typeof one === "string" ? redact(one) : one)) as AttributeValue;
}
