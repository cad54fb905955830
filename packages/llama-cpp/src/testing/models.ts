import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { engineFor } from "../engine.ts";
import { sentence, wordsOf, writeTinyModel } from "./tiny-model.ts";

/** Whether the prebuilt engine loads here. Where it must, on a machine of a CI, tests don't skip: they fail. */
async function hasEngine(): Promise<boolean> {
  try {
    await engineFor({ gpu: false, llama: undefined, logger: undefined });
    return true;
  } catch (error) {
    console.warn(`llama.cpp does not load here; its tests ${process.env.CI ? "will fail" : "are SKIPPED"}: ${error}`);
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

export const ROLES = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"];
export const TEMPLATE =
  "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}" +
  "{% if not (loop.last and message.role == 'assistant') %}<|end|>{% endif %}{% endfor %}" +
  "{% if add_generation_prompt %}<|assistant|>{% endif %}";

export const ANSWER = "Because the air scatters blue light.";
export const COUNTING = "one two three four five six seven eight nine ten";
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
    words: ["<think>", "</think>", ...wordsOf(ANSWER, "Light of all colours")],
    controls: ROLES,
    template: TEMPLATE,
    next: {
      "<|assistant|>": "<think>",
      ...sentence("Light of all colours", "<think>"),
      " colours": "</think>",
      ...sentence(ANSWER, "</think>"),
    },
  });
}

export const EMBEDDED = ["sky", " blue", " sea", "grass", " green", " and"];

/** A text's vector is the mean of its words' own. */
export function writeEmbeddingModel(path: string): string {
  return writeTinyModel(path, { name: "Tiny Embedder", words: EMBEDDED, pooling: 1, contextLength: 64 });
}
