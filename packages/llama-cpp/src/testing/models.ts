import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { engineFor } from "../engine.ts";
import { sentence, wordsOf, writeTinyModel } from "./tiny-model.ts";
import { writeTinyReranker } from "./tiny-reranker.ts";

/** Whether the prebuilt engine loads here. Where it must, on a machine of a CI, tests don't skip: they fail. */
async function hasEngine(): Promise<boolean> {
  try {
    await engineFor({ gpu: false, llama: undefined, logger: undefined });
    return true;
  } catch (error) {
    const fate = process.env.CI ? "will fail" : "are SKIPPED";
    process.stderr.write(`llama.cpp does not load here, its tests ${fate}: ${error}
`);
    return process.env.CI !== undefined;
  }
}

/** `describe` for tests that compute. */
export const describeEngine: typeof describe.skip = (await hasEngine()) ? describe : describe.skip;

/** A directory of the test's own; removed with `drop`. */
export function temporaryDirectory(): { path: string; drop: () => void } {
  const path = mkdtempSync(join(tmpdir(), "llmux-llama-cpp-"));
  return { path, drop: () => rmSync(path, { recursive: true, force: true }) };
}

const ROLES: string[] = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"];
const TEMPLATE: string =
  "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}" +
  "{% if not (loop.last and message.role == 'assistant') %}<|end|>{% endif %}{% endfor %}" +
  "{% if add_generation_prompt %}<|assistant|>{% endif %}";

export const ANSWER: string = "Because the air scatters blue light.";
export const THOUGHT: string = "Light of all colours";
export const COUNTING: string = "one two three four five six seven eight nine ten";
const ROUND = "round and";
const DICE = ["1", "2", "3", "4", "5", "6"].map((face) => ` die${face}`);

/** Says {@link ANSWER}; goes on with what an assistant's last turn began: counts from a number on, turns `round` for ever, rolls dice. */
export function writeChatModel(path: string, contextLength?: number): string {
  return writeTinyModel(path, {
    name: "Tiny Chat",
    words: wordsOf(ANSWER, COUNTING, ROUND, "roll").concat("one", " round", ...DICE),
    controls: ROLES,
    template: TEMPLATE,
    next: {
      ...sentence(ANSWER, "<|assistant|>"),
      ...sentence(COUNTING),
      round: " and",
      " and": " round",
      " round": " and",
      roll: DICE,
      ...Object.fromEntries(DICE.map((die) => [die, DICE])),
    },
    ...(contextLength !== undefined && { contextLength }),
  });
}

/** Calls a tool by itself, and once there is a result says that it is sunny. */
export function writeToolModel(path: string): string {
  return writeTinyModel(path, {
    name: "Tiny Tools",
    words: ["||call: ", "||result: ", ...wordsOf("It is sunny.")],
    controls: ROLES,
    template: TEMPLATE,
    contextLength: 2048,
    next: { "<|assistant|>": "||call: ", "\n": "It", ...sentence("It is sunny.") },
  });
}

/** Thinks before it says {@link ANSWER}. */
export function writeThinkingModel(path: string): string {
  return writeTinyModel(path, {
    name: "Tiny Thinker",
    words: ["<think>", "</think>", ...wordsOf(ANSWER, THOUGHT)],
    controls: ROLES,
    template: TEMPLATE,
    next: {
      "<|assistant|>": "<think>",
      ...sentence(THOUGHT, "<think>"),
      " colours": "</think>",
      ...sentence(ANSWER, "</think>"),
    },
  });
}

const EMBEDDED: string[] = ["sky", " blue", " sea", "grass", " green", " and"];

/** A text's vector is the mean of its words' own. */
export function writeEmbeddingModel(path: string): string {
  return writeTinyModel(path, { name: "Tiny Embedder", words: EMBEDDED, pooling: 1, contextLength: 64 });
}

/** Finds a document the more relevant the more of its words are ` blue`. */
export function writeRerankModel(path: string): string {
  return writeTinyReranker(path, { words: EMBEDDED, relevant: " blue" });
}
