/** A tokenizer's vocabulary. */
export interface Encoding {
  count(text: string): number;
}

/** OpenAI's models of before GPT-4o, and its embeddings. Everything else, other providers' models too, is counted with o200k. */
const OLDER = /(?:^|\/)(?:gpt-4(?!o|\.1|\.5)|gpt-3\.5|text-embedding-|(?:davinci|babbage)-002)/;

export function encodingName(model: string | undefined): "cl100k" | "o200k" {
  return model !== undefined && OLDER.test(model) ? "cl100k" : "o200k";
}

const loaded = new Map<string, Promise<Encoding>>();

/** Loads the vocabulary, some megabytes, when it is first needed. */
export function loadEncoding(model: string | undefined): Promise<Encoding> {
  const name = encodingName(model);
  let encoding = loaded.get(name);
  if (!encoding) {
    encoding = load(name);
    loaded.set(name, encoding);
    // A failed import may succeed the next time.
    encoding.catch(() => loaded.delete(name));
  }
  return encoding;
}

/** What looks like a special token is text like any other: users can't write real ones. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

async function load(name: "cl100k" | "o200k"): Promise<Encoding> {
  const { countTokens } =
    name === "cl100k"
      ? await import("gpt-tokenizer/encoding/cl100k_base")
      : await import("gpt-tokenizer/encoding/o200k_base");
  return { count: (text) => countTokens(text, AS_TEXT) };
}
