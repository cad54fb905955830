import { writeFileSync } from "node:fs";
import { type GgufTensor, type GgufValue, writeGguf } from "./gguf.ts";

/** What a tiny model says: after the token on the left comes one of those on the right, each as likely as the others. */
export type Continuations = Readonly<Record<string, string | readonly string[]>>;

export interface TinyModel {
  /** Tokens beside the 256 bytes, matched whole and before anything else. */
  words?: readonly string[];
  /** As `words`, but control tokens, which text never stands for. */
  controls?: readonly string[];
  next?: Continuations;
  /** Jinja. */
  template?: string;
  contextLength?: number;
  /** 1 mean, 2 cls, 3 last. Makes an embedding model of it. */
  pooling?: number;
  name?: string;
}

const EOS = "</s>";
/** How this kind of tokenizer writes a space. */
const SPACE = "\u2581";
const HEAD = 32;

/** Those words of a text that are in a list are found as tokens, so here are all that the test's own sentences hold. */
export function wordsOf(...sentences: string[]): string[] {
  return [...new Set(sentences.flatMap((sentence) => sentence.match(/ ?[^ ]+/g) ?? []))];
}

/** That each word of a sentence follows the one before it, and the end of the reply the last. */
export function sentence(text: string, after?: string): Record<string, string> {
  const words = text.match(/ ?[^ ]+/g) ?? [];
  const all = after === undefined ? words : [after, ...words];
  return Object.fromEntries(all.map((word, at) => [word, all[at + 1] ?? EOS]));
}

/**
 * Writes a model of the llama architecture whose layer adds nothing, so that what comes next hangs on the last token alone: each
 * token's embedding is a unit vector of its own, and the output matrix is the table of what follows. About a megabyte.
 */
export function writeTinyModel(path: string, options: TinyModel = {}): string {
  const { words = [], controls = [], next = {}, contextLength = 512, pooling, name = "Tiny" } = options;
  // llama.cpp ends the process over a token that is there twice.
  const tokens = [...new Set(["<unk>", "<s>", EOS, ...controls, ...bytes(), SPACE, ...words])];
  const width = Math.ceil(tokens.length / 32) * 32;
  const id = (token: string): number => {
    const found = tokens.indexOf(token.length === 1 && !words.includes(token) ? byteToken(token.charCodeAt(0)) : token);
    if (found === -1) throw new Error(`The tiny model has no token ${JSON.stringify(token)}`);
    return found;
  };
  const embedding = new Float32Array(width * tokens.length);
  const output = new Float32Array(width * tokens.length);
  for (let token = 0; token < tokens.length; token++) embedding[token * width + token] = 1;
  for (const [from, to] of Object.entries(next)) {
    for (const token of [to].flat()) output[id(token) * width + id(from)] = 1;
  }
  const metadata: Record<string, GgufValue> = {
    "general.architecture": { type: "string", value: "llama" },
    "general.name": { type: "string", value: name },
    "general.file_type": { type: "u32", value: 0 },
    "llama.context_length": { type: "u32", value: contextLength },
    "llama.embedding_length": { type: "u32", value: width },
    "llama.block_count": { type: "u32", value: 1 },
    "llama.feed_forward_length": { type: "u32", value: HEAD },
    "llama.attention.head_count": { type: "u32", value: 1 },
    "llama.attention.head_count_kv": { type: "u32", value: 1 },
    "llama.attention.key_length": { type: "u32", value: HEAD },
    "llama.attention.value_length": { type: "u32", value: HEAD },
    "llama.rope.dimension_count": { type: "u32", value: HEAD },
    "llama.attention.layer_norm_rms_epsilon": { type: "f32", value: 1e-6 },
    "llama.vocab_size": { type: "u32", value: tokens.length },
    ...(pooling !== undefined && { "llama.pooling_type": { type: "u32", value: pooling } as const }),
    ...tokenizer(tokens, controls),
  };
  if (options.template !== undefined) metadata["tokenizer.chat_template"] = { type: "string", value: options.template };
  const tensors: GgufTensor[] = [
    { name: "token_embd.weight", shape: [width, tokens.length], data: embedding },
    { name: "output.weight", shape: [width, tokens.length], data: output },
    ones("output_norm.weight", width),
    ones("blk.0.attn_norm.weight", width),
    ones("blk.0.ffn_norm.weight", width),
    zeros("blk.0.attn_q.weight", width, HEAD),
    zeros("blk.0.attn_k.weight", width, HEAD),
    zeros("blk.0.attn_v.weight", width, HEAD),
    zeros("blk.0.attn_output.weight", HEAD, width),
    zeros("blk.0.ffn_gate.weight", width, HEAD),
    zeros("blk.0.ffn_up.weight", width, HEAD),
    zeros("blk.0.ffn_down.weight", HEAD, width),
  ];
  writeFileSync(path, writeGguf(metadata, tensors));
  return path;
}

/** Writes a LoRA adapter for a tiny model, which makes it say one token after another, given by their places in the vocabulary. */
export function writeTinyLora(
  path: string,
  { from, to, vocabulary }: Record<"from" | "to" | "vocabulary", number>,
): string {
  const width = Math.ceil(vocabulary / 32) * 32;
  const [a, b] = [zeros("output.weight.lora_a", width, 1), zeros("output.weight.lora_b", 1, vocabulary)];
  a.data[from] = 1;
  b.data[to] = 10;
  const metadata: Record<string, GgufValue> = {
    "general.architecture": { type: "string", value: "llama" },
    "general.type": { type: "string", value: "adapter" },
    "adapter.type": { type: "string", value: "lora" },
    "adapter.lora.alpha": { type: "f32", value: 1 },
  };
  writeFileSync(path, writeGguf(metadata, [a, b]));
  return path;
}

export const ones = (name: string, length: number): GgufTensor => ({
  name,
  shape: [length],
  data: new Float32Array(length).fill(1),
});
export const zeros = (name: string, ...shape: number[]): GgufTensor => ({
  name,
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b)),
});

const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
export const bytes = (): string[] => Array.from({ length: 256 }, (_, byte) => byteToken(byte));

/** Token types as llama.cpp has them: 1 plain, 2 unknown, 3 control, 4 matched whole in any text, 6 a byte. */
export function tokenizer(tokens: readonly string[], controls: readonly string[] = []): Record<string, GgufValue> {
  const types = tokens.map((token, at) => {
    if (at === 0) return 2;
    if (at < 3 || controls.includes(token)) return 3;
    if (token === SPACE) return 1;
    return /^<0x..>$/.test(token) ? 6 : 4;
  });
  return {
    "tokenizer.ggml.model": { type: "string", value: "llama" },
    "tokenizer.ggml.tokens": { type: "strings", value: tokens },
    "tokenizer.ggml.scores": { type: "f32s", value: tokens.map(() => 0) },
    "tokenizer.ggml.token_type": { type: "i32s", value: types },
    "tokenizer.ggml.unknown_token_id": { type: "u32", value: 0 },
    "tokenizer.ggml.bos_token_id": { type: "u32", value: 1 },
    "tokenizer.ggml.eos_token_id": { type: "u32", value: 2 },
    "tokenizer.ggml.add_bos_token": { type: "bool", value: true },
    "tokenizer.ggml.add_eos_token": { type: "bool", value: false },
    "tokenizer.ggml.add_space_prefix": { type: "bool", value: false },
  };
}
