import { writeFileSync } from "node:fs";
import { type GgufTensor, type GgufValue, writeGguf } from "./gguf.ts";
import { bytes, ones, tokenizer, zeros } from "./tiny-model.ts";

const WIDTH = 64;
const CONTEXT = 128;

/**
 * Writes a cross-encoder of the BERT architecture: its one layer lets the first token see the mean of all, and the score grows with
 * what one word has of that mean.
 */
export function writeTinyReranker(
  path: string,
  { words, relevant }: { words: readonly string[]; relevant: string },
): string {
  const tokens = ["<unk>", "<s>", "</s>", ...words, ...bytes()];
  const embedding = zeros("token_embd.weight", WIDTH, tokens.length);
  const axis = (token: number): number => Math.min(token, WIDTH - 1);
  for (let token = 0; token < tokens.length; token++) embedding.data[token * WIDTH + axis(token)] = 1;
  const score = zeros("cls.output.weight", WIDTH, 1);
  score.data[axis(tokens.indexOf(relevant))] = 4;
  const text = (value: string): GgufValue => ({ type: "string", value });
  const u32 = (value: number): GgufValue => ({ type: "u32", value });
  const metadata: Record<string, GgufValue> = {
    "general.architecture": text("bert"),
    "general.name": text("Tiny Reranker"),
    "general.file_type": u32(0),
    "bert.context_length": u32(CONTEXT),
    "bert.embedding_length": u32(WIDTH),
    "bert.block_count": u32(1),
    "bert.feed_forward_length": u32(WIDTH),
    "bert.attention.head_count": u32(1),
    "bert.attention.layer_norm_epsilon": { type: "f32", value: 1e-6 },
    "bert.attention.causal": { type: "bool", value: false },
    "bert.pooling_type": u32(4),
    "tokenizer.ggml.token_type_count": u32(2),
    ...tokenizer(tokens),
  };
  const square = (name: string): GgufTensor[] => [zeros(`${name}.weight`, WIDTH, WIDTH), zeros(`${name}.bias`, WIDTH)];
  const same = (name: string): GgufTensor[] => [identity(`${name}.weight`), zeros(`${name}.bias`, WIDTH)];
  const norm = (name: string): GgufTensor[] => [ones(`${name}.weight`, WIDTH), zeros(`${name}.bias`, WIDTH)];
  const tensors = [
    embedding,
    zeros("token_types.weight", WIDTH, 2),
    zeros("position_embd.weight", WIDTH, CONTEXT),
    ...norm("token_embd_norm"),
    ...square("blk.0.attn_q"),
    ...square("blk.0.attn_k"),
    ...same("blk.0.attn_v"),
    ...same("blk.0.attn_output"),
    ...norm("blk.0.attn_output_norm"),
    ...square("blk.0.ffn_up"),
    ...square("blk.0.ffn_down"),
    ...norm("blk.0.layer_output_norm"),
    ...same("cls"),
    score,
    zeros("cls.output.bias", 1),
  ];
  writeFileSync(path, writeGguf(metadata, tensors));
  return path;
}

function identity(name: string): GgufTensor {
  const tensor = zeros(name, WIDTH, WIDTH);
  for (let at = 0; at < WIDTH; at++) tensor.data[at * WIDTH + at] = 1;
  return tensor;
}
