import type { CacheHint } from "./content.js";
import type { ProviderOptions } from "./provider-options.js";
import type { Schema } from "./schema.js";

/** A function that the model may ask the application to call. */
export interface FunctionTool {
  type?: "function" | undefined;
  name: string;
  description?: string | undefined;
  /** A Standard Schema or a JSON Schema of the arguments, which are an object. Left out: no arguments. */
  inputSchema?: Schema | undefined;
  /** Hold the model to the schema exactly, where the provider can. */
  strict?: boolean | undefined;
  cache?: CacheHint | undefined;
  providerOptions?: ProviderOptions | undefined;
}

/** A tool that the provider itself runs, in the provider's own words. */
export interface ProviderTool {
  type: "provider";
  /** Id of the adapter that understands it. */
  provider: string;
  /** The provider's own definition, such as `{ type: "web_search_20250305", name: "web_search" }`. */
  value: Readonly<Record<string, unknown>>;
}

export type Tool = FunctionTool | ProviderTool;

/** `none` forbids tools, `required` demands any, `{ tool }` demands that one. */
export type ToolChoice = "auto" | "none" | "required" | { tool: string };
