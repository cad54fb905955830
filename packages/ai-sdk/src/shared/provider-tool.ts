import type { LanguageModelV4ProviderTool } from "@ai-sdk/provider";
import type { ProviderTool } from "@llmux/core";

/** Under which a provider tool's value keeps the AI SDK's own definition: the wire does not see it. */
const ORIGINAL: unique symbol = Symbol.for("llmux.ai-sdk.tool") as never;

/** The AI SDK's own definition of a provider tool: one that came from there, or that was written as there. */
export function modelToolOf({ value }: ProviderTool): LanguageModelV4ProviderTool | undefined {
  const original = (value as { [ORIGINAL]?: LanguageModelV4ProviderTool })[ORIGINAL];
  if (original) return original;
  const { id, name, args } = value as Partial<LanguageModelV4ProviderTool>;
  if (typeof id !== "string" || !id.includes(".") || typeof name !== "string") return undefined;
  return { type: "provider", id, name, args: args ?? {} };
}

/**
 * A provider tool of the AI SDK's in the words of the provider's own API, as llmux's adapters take it: the AI SDK names it
 * `provider.tool` and writes its arguments in camel case. `prefix` is that of the model which is to use it.
 */
export function toProviderTool(tool: LanguageModelV4ProviderTool, prefix: string | undefined): ProviderTool {
  const at = tool.id.indexOf(".");
  const namespace = tool.id.slice(0, at);
  const type = tool.id.slice(at + 1);
  const args = tool.args ?? {};
  const value = ((): Record<string, unknown> => {
    switch (namespace) {
      case "anthropic":
        return { type, name: tool.name, ...(inSnakeCase(args) as object) };
      case "openai":
      case "azure":
        return { type, ...(inSnakeCase(args) as object) };
      case "google":
        return { [inCamelCase(type)]: args };
      default:
        return { id: tool.id, name: tool.name, args };
    }
  })();
  Object.defineProperty(value, ORIGINAL, { value: tool, enumerable: true });
  return { type: "provider", provider: ADAPTERS[namespace]?.(prefix) ?? namespace, value };
}

/** Which adapter speaks the API of an AI SDK's provider, where that is not of the same name. */
const ADAPTERS: Readonly<Record<string, (prefix: string | undefined) => string>> = {
  openai: (prefix) => (prefix === "azure" ? "azure" : "openai"),
  google: () => "gemini",
};

/** Names that are the caller's own, not the API's, stand under these: they stay as they are. */
const FREE: readonly string[] = ["headers", "schema", "parameters", "metadata"];

function inSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      FREE.includes(key) ? inner : inSnakeCase(inner),
    ]),
  );
}

function inCamelCase(text: string): string {
  return text.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
