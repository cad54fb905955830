import { type CallContext, LLMError } from "@llmux/core/adapter";
import type { GbnfJsonSchema } from "node-llama-cpp";

type Schema = Readonly<Record<string, unknown>>;
type Converted = Record<string, unknown>;

/** What says something about a value, but not which values are allowed. */
const NOTES = new Set(
  [
    "$schema",
    "$id",
    "$comment",
    "$anchor",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
  ].concat([
    "writeOnly",
    "contentMediaType",
    "contentEncoding",
    "contentSchema",
    "$defs",
    "definitions",
    "nullable",
    "strict",
  ]),
);
/** What a grammar can't count or compare. The value comes out in the right shape, but may break these. */
const UNCHECKED = new Set(
  ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern", "uniqueItems"].concat([
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "format",
    "unevaluatedProperties",
    "unevaluatedItems",
  ]),
);
/** The formats that the grammar knows. */
const FORMATS = ["date-time", "time", "date"];
const PRIMITIVES = ["string", "number", "integer", "boolean", "null"];

/** Any JSON value; the grammar has no word of its own for it. */
const ANY: Converted = {
  oneOf: [{ type: PRIMITIVES.filter((type) => type !== "integer") }, { type: "array" }].concat([
    { type: "object", additionalProperties: true } as never,
  ]),
};

/**
 * A JSON Schema as node-llama-cpp's grammar takes it. All properties are then written, required or not.
 * https://node-llama-cpp.withcat.ai/guide/grammar#json-schema
 *
 * @param parameter for messages: where in the request the schema stands
 * @throws LLMError `unsupported` for what has a shape that a grammar can't have (`not`, `if`, …); what only limits a value further
 * is left to the caller to check, with a warning
 */
export function toGrammarSchema(schema: unknown, parameter: string, context: CallContext): GbnfJsonSchema {
  const unchecked = new Set<string>();
  const root = (typeof schema === "object" ? schema : {}) as Schema;
  const converter = new Converter(root, parameter, context, unchecked);
  const converted = converter.convert(schema);
  const defs = converter.defs();
  if (unchecked.size > 0) {
    context.warn({
      type: "changed",
      parameter,
      message: `${parameter}: the grammar holds the model to the shape, but not to ${[...unchecked].join(", ")}; check the value`,
    });
  }
  return (defs ? { ...converted, $defs: defs } : converted) as GbnfJsonSchema;
}

class Converter {
  readonly #root: Schema;
  readonly #parameter: string;
  readonly #context: CallContext;
  readonly #unchecked: Set<string>;
  readonly #names = new Set<string>();

  constructor(root: Schema, parameter: string, context: CallContext, unchecked: Set<string>) {
    this.#root = root;
    this.#parameter = parameter;
    this.#context = context;
    this.#unchecked = unchecked;
  }

  /** The definitions that were referred to, and those that these refer to. */
  defs(): Record<string, Converted> | undefined {
    const defs: Record<string, Converted> = {};
    for (const name of this.#names) defs[name] = this.convert(this.#definition(name));
    return this.#names.size > 0 ? defs : undefined;
  }

  convert(schema: unknown): Converted {
    if (schema === true || schema === undefined) return ANY;
    if (typeof schema !== "object" || schema === null) return this.#refuse("false");
    const { description, ...rest } = this.#shape(schema as Schema);
    const said = (schema as Schema).description ?? description;
    return typeof said === "string" ? { ...rest, description: said } : rest;
  }

  #shape(schema: Schema): Converted {
    if (typeof schema.$ref === "string") return this.#reference(schema.$ref);
    if (Object.hasOwn(schema, "const")) return this.#literals(schema, "const", [schema.const]);
    if (Array.isArray(schema.enum)) return this.#literals(schema, "enum", schema.enum);
    for (const choice of ["anyOf", "oneOf"]) {
      const options = schema[choice];
      if (!Array.isArray(options)) continue;
      this.#check(schema, choice, "type");
      return options.length === 1 ? this.convert(options[0]) : { oneOf: options.map((option) => this.convert(option)) };
    }
    if (Array.isArray(schema.allOf)) return this.#all(schema, schema.allOf as Schema[]);
    const { type } = schema;
    if (Array.isArray(type)) {
      if (type.length === 1) return this.#typed(schema, type[0]);
      const limits = Object.keys(schema).some((key) => key !== "type" && !NOTES.has(key));
      if (!limits && type.every((each) => PRIMITIVES.includes(each))) return { type };
      return { oneOf: type.map((each) => this.#typed(schema, each, true)) };
    }
    return this.#typed(schema, type ?? (schema.properties ? "object" : schema.items ? "array" : undefined));
  }

  #typed(schema: Schema, type: unknown, oneOfSeveral = false): Converted {
    if (type === "object") return this.#object(schema, oneOfSeveral);
    if (type === "array") return this.#array(schema, oneOfSeveral);
    if (type === "string") {
      this.#check(schema, "type", "minLength", "maxLength", ...(oneOfSeveral ? Object.keys(schema) : []));
      const { format } = schema;
      if (FORMATS.includes(format as string)) return { type, format };
      return { type, ...this.#range(schema, "minLength", "maxLength") };
    }
    if (type === undefined) {
      this.#check(schema);
      return ANY;
    }
    if (!PRIMITIVES.includes(type as string)) return this.#refuse(`type ${JSON.stringify(type)}`);
    this.#check(schema, "type", ...(oneOfSeveral ? Object.keys(schema) : []));
    return { type };
  }

  #object(schema: Schema, oneOfSeveral: boolean): Converted {
    const known = ["type", "properties", "required", "additionalProperties", "minProperties", "maxProperties"];
    this.#check(schema, ...known, ...(oneOfSeveral ? Object.keys(schema) : []));
    const given = { ...(schema.properties as Schema | undefined) };
    for (const name of (schema.required as string[] | undefined) ?? [])
      if (!Object.hasOwn(given, name)) given[name] = true;
    const entries = Object.entries(given).map(([name, value]) => [name, this.convert(value)] as const);
    const { additionalProperties: more } = schema;
    const result: Converted = { type: "object", properties: Object.fromEntries(entries) };
    // JSON Schema allows more properties where it says nothing; a model that is free to invent some had better not, unless there are no others.
    if (more === undefined || typeof more === "boolean") result.additionalProperties = more ?? entries.length === 0;
    else result.additionalProperties = this.convert(more);
    const range = this.#range(schema, "minProperties", "maxProperties");
    if (typeof range.maxProperties === "number" && range.maxProperties < entries.length) {
      this.#unchecked.add("maxProperties");
      delete range.maxProperties;
    }
    return { ...result, ...(result.additionalProperties !== false && range) };
  }

  #array(schema: Schema, oneOfSeveral: boolean): Converted {
    const known = ["type", "items", "prefixItems", "additionalItems", "minItems", "maxItems"];
    this.#check(schema, ...known, ...(oneOfSeveral ? Object.keys(schema) : []));
    // Until draft 2019-09 a tuple was an array under `items`.
    const old = Array.isArray(schema.items);
    const prefix = (old ? schema.items : schema.prefixItems) as unknown[] | undefined;
    const items = old ? schema.additionalItems : schema.items;
    const result: Converted = { type: "array", ...this.#range(schema, "minItems", "maxItems") };
    if (prefix) {
      result.prefixItems = prefix.map((item) => this.convert(item));
      if (items === false) result.maxItems = prefix.length;
      result.minItems = Math.max(prefix.length, (result.minItems as number | undefined) ?? 0);
      if ((result.maxItems as number | undefined) !== undefined && (result.maxItems as number) < prefix.length)
        result.maxItems = prefix.length;
    } else if (items === false) result.maxItems = 0;
    if (items !== undefined && items !== false) result.items = this.convert(items);
    return result;
  }

  /** Object schemas that must all hold are one with the properties of all. */
  #all(schema: Schema, parts: readonly Schema[]): Converted {
    const { allOf: _, ...own } = schema;
    const all = [own, ...parts]
      .map((part) => this.#resolve(part))
      .filter((part) => Object.keys(part).some((key) => !NOTES.has(key)));
    if (all.length === 1) return this.convert(all[0]);
    const mergeable = ["type", "properties", "required", "additionalProperties"];
    const plain = all.every((part) => Object.keys(part).every((key) => NOTES.has(key) || mergeable.includes(key)));
    if (!plain || all.some(({ type }) => type !== undefined && type !== "object")) return this.#refuse("allOf");
    return this.convert({
      type: "object",
      properties: Object.assign({}, ...all.map(({ properties }) => properties)) as Schema,
      required: all.flatMap(({ required }) => (required as string[] | undefined) ?? []),
    });
  }

  #resolve(part: Schema): Schema {
    const name = typeof part.$ref === "string" ? this.#nameOf(part.$ref) : undefined;
    return name === undefined ? part : this.#resolve(this.#definition(name) as Schema);
  }

  #reference(ref: string): Converted {
    const name = this.#nameOf(ref);
    if (name === undefined) return this.#refuse(`the reference ${ref}`);
    this.#names.add(name);
    return { $ref: `#/$defs/${name}` };
  }

  /** `#` itself goes by a name that no definition can have. */
  #nameOf(ref: string): string | undefined {
    if (ref === "#") return "#";
    const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(ref)?.[1];
    const plain = name && decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
    return plain && this.#definition(plain) !== undefined ? plain : undefined;
  }

  #definition(name: string): unknown {
    if (name === "#") return this.#root;
    for (const place of ["$defs", "definitions"]) {
      const all = this.#root[place] as Schema | undefined;
      if (all && Object.hasOwn(all, name)) return all[name];
    }
    return undefined;
  }

  #literals(schema: Schema, keyword: "const" | "enum", values: readonly unknown[]): Converted {
    this.#check(schema, keyword, "type");
    if (values.length === 0 || values.some((value) => typeof value === "object" && value !== null))
      return this.#refuse(`${keyword} of objects or arrays`);
    return keyword === "const" ? { const: values[0] } : { enum: values };
  }

  #range(schema: Schema, least: string, most: string): Converted {
    const range: Converted = {};
    for (const key of [least, most]) if (typeof schema[key] === "number") range[key] = schema[key];
    const [min, max] = [range[least], range[most]];
    if (typeof min === "number" && typeof max === "number" && min > max) {
      throw new LLMError({
        kind: "invalid-request",
        parameter: this.#parameter,
        message: `${this.#parameter}: ${least} ${min} is more than ${most} ${max}`,
      });
    }
    return range;
  }

  /** What is neither said here nor a note can't be held to. */
  #check(schema: Schema, ...said: string[]): void {
    for (const [key, value] of Object.entries(schema)) {
      if (said.includes(key) || NOTES.has(key)) continue;
      if (!UNCHECKED.has(key)) this.#refuse(key);
      else if (!isIdle(key, value)) this.#unchecked.add(key);
    }
  }

  #refuse(what: string): Converted {
    this.#context.unsupported(this.#parameter, `a grammar can't express ${what}`);
    return ANY;
  }
}

/** What limits nothing that a grammar lets through anyway. */
function isIdle(key: string, value: unknown): boolean {
  if (key === "format") return FORMATS.includes(value as string);
  if (key === "minimum" || key === "maximum") return Math.abs(value as number) >= Number.MAX_SAFE_INTEGER;
  if (key === "multipleOf") return value === 1;
  if (key === "propertyNames") return JSON.stringify(value) === '{"type":"string"}' || value === true;
  return value === false || value === undefined;
}
