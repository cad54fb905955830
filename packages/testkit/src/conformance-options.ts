import type { Adapter, LLMErrorKind } from "@llmux/core";
import type { Dialect } from "./dialect.js";
import type { Feature } from "./feature.js";

/** Where the adapter is to send its requests. */
export interface Connection {
  /** `http://127.0.0.1:PORT`, to which the adapter's options add what its provider's base URL ends with. */
  baseURL: string;
  /** A key that must never be seen in an error. */
  apiKey: string;
}

/** An adapter under test. */
export interface ConformanceOptions {
  /** The adapter, made for the scripted server; called for each check. */
  adapter(connection: Connection): Adapter;
  /** How its provider speaks. */
  dialect: Dialect;
  /** A model that can do all that the provider can, without prefix. */
  model: string;
  /** Where it is another one. */
  embeddingModel?: string | undefined;
  /** Most texts that the provider embeds in one request; the kit embeds more. Left out: the kit takes it to have no limit. */
  embedBatch?: number | undefined;
  /** `providerOptions.<id>` in this provider's words. Left out: fields at the top of the body. */
  providerOptions?:
    | {
        /** Any option that goes to the provider, with {@link OPTION_SENTINEL} for its value. Default `{ kit_option }`. */
        any?: Readonly<Record<string, unknown>> | undefined;
        /** What sets the temperature to 0.654321. Default `{ temperature: 0.654321 }`. */
        temperature?: Readonly<Record<string, unknown>> | undefined;
      }
    | undefined;
  /** What the provider can't do, each with the reason. The kit sees to it that the adapter then says so and drops nothing in silence. */
  lacks?: Readonly<Partial<Record<Feature, string>>> | undefined;
  /** Kinds of error that the provider has no way to tell of, each with the reason; for the rest the dialect must have an answer. */
  lacksErrors?: Readonly<Partial<Record<LLMErrorKind, string>>> | undefined;
  /** Checks that can't hold for this provider, by id, each with the reason. For what no {@link Feature} stands for. */
  skip?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds after which a check that still waits counts as failed. Default 120,000. */
  patience?: number | undefined;
}

/** What a provider option's value is searched for on the wire. */
export const OPTION_SENTINEL = "kit-sentinel-option";
