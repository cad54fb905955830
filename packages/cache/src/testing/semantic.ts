import type { GenerateRequest, LLMBackend } from "@llmux/core";
import { type MockBackend, type MockScript, mockBackend } from "@llmux/testkit";
import { type MockInstance, vi } from "vitest";
import { type SemanticCacheOptions, type SemanticHit, withSemanticCache } from "../semantic.js";

/** Answers with a number that counts up. */
export const counting: MockScript = (_, call) => `Answer ${call}`;
/** The vector of a question is the angle that it names: "Why? 30°". */
const angled = (text: string): number[] => {
  const angle = (Number(/(-?\d+)°/.exec(text)?.[1] ?? 0) * Math.PI) / 180;
  return [5 * Math.cos(angle), 5 * Math.sin(angle)];
};
export const question = (angle: number, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: "m",
  messages: [
    { role: "system", content: "Be short." },
    { role: "user", content: `Why? ${angle}°` },
  ],
  ...more,
});

/** A semantic cache, what stands behind it, and what it told. */
export function semantic(
  script: MockScript = counting,
  options: Partial<SemanticCacheOptions> = {},
): {
  llm: LLMBackend;
  ask: (angle: number, more?: Partial<GenerateRequest>) => Promise<string>;
  backend: MockBackend;
  embedded: MockInstance<MockBackend["embed"]>;
  hits: SemanticHit[];
  failures: unknown[];
} {
  const backend = mockBackend(script);
  const embed = mockBackend("", { embed: angled });
  const embedded = vi.spyOn(embed, "embed");
  const hits: SemanticHit[] = [];
  const failures: unknown[] = [];
  const llm = withSemanticCache(backend, {
    ...{ embed, model: "e", onHit: (hit) => hits.push(hit), onFailure: ({ error }) => failures.push(error) },
    ...options,
  });
  const ask = async (angle: number, more?: Partial<GenerateRequest>) =>
    (await llm.generate(question(angle, more))).text;
  return { llm, ask, backend, embedded, hits, failures };
}
