import assert from "node:assert/strict";
import type { GenerateResult } from "@llmux/core";
import { collect } from "@llmux/core";
import type { Check } from "../check.js";
import type { Kit } from "../kit.js";
import type { Reply } from "../reply.js";
import { SCENARIOS, type Scenario } from "../scenarios.js";
import { TOOLS } from "../tools.js";

/** A result for each scenario, and the same one from its stream. */
export const RESULT_CHECKS: readonly Check[] = SCENARIOS.flatMap((scenario): Check[] => {
  const id = scenario.name.replace(/\W+/g, "-");
  const needs = scenario.needs ?? [];
  return [
    {
      id: `generate-${id}`,
      title: `generate: ${scenario.name}`,
      why: "an application must read the same reply from every provider in the same way",
      needs,
      async run(kit) {
        kit.replies(scenario.reply);
        holds(await kit.backend.generate(requestOf(kit, scenario)), scenario.reply);
      },
    },
    {
      id: `stream-${id}`,
      title: `collect(stream) gives what generate gives: ${scenario.name}`,
      why: "a policy or a cache may turn one into the other, and nobody must notice",
      needs: ["stream", ...needs],
      async run(kit) {
        kit.replies(scenario.reply);
        const whole = await kit.backend.generate(requestOf(kit, scenario));
        kit.replies(scenario.reply);
        const streamed = await collect(kit.backend.stream(requestOf(kit, scenario)));
        holds(streamed, scenario.reply);
        assert.deepEqual(essence(streamed), essence(whole));
      },
    },
  ];
});

function requestOf(kit: Kit, scenario: Scenario): ReturnType<Kit["request"]> {
  return kit.request(scenario.tools ? { tools: TOOLS } : {});
}

/** What of a result does not tell how it came over the wire. */
export function essence({
  content,
  text,
  reasoning,
  refusal,
  toolCalls,
  finishReason,
  usage,
  message,
}: GenerateResult): object {
  const { raw: _, ...counts } = usage;
  return { content, text, reasoning, refusal, toolCalls, finishReason: finishReason.unified, usage: counts, message };
}

/** Asserts that a result is what the provider said. */
export function holds(result: GenerateResult, { parts, finish, usage }: Reply): void {
  const joined = (type: "text" | "reasoning" | "refusal"): string =>
    parts.flatMap((part) => (part.type === type ? part.pieces : [])).join("");
  assert.equal(result.text, joined("text"), "text");
  assert.equal(result.reasoning ?? "", joined("reasoning"), "reasoning");
  assert.equal(result.refusal ?? "", joined("refusal"), "refusal");
  const calls = parts.flatMap((part) => (part.type === "tool-call" ? [part] : []));
  assert.deepEqual(
    result.toolCalls.map(({ name, input }) => ({ name, input })),
    calls.map(({ name, pieces }) => ({ name, input: JSON.parse(pieces.join("")) })),
    "toolCalls",
  );
  for (const { id } of result.toolCalls) assert.ok(typeof id === "string" && id !== "", "a tool call needs an id");
  assert.equal(new Set(result.toolCalls.map(({ id }) => id)).size, calls.length, "tool calls need ids of their own");
  assert.equal(result.finishReason.unified, finish, "finishReason.unified");
  assert.equal(result.usage.inputTokens.total, usage?.input, "usage.inputTokens.total");
  assert.equal(result.usage.outputTokens.total, usage?.output, "usage.outputTokens.total");
  if (usage?.cacheRead !== undefined) {
    assert.equal(result.usage.inputTokens.cacheRead, usage.cacheRead, "usage.inputTokens.cacheRead");
  }
  if (usage?.reasoning !== undefined) {
    assert.equal(result.usage.outputTokens.reasoning, usage.reasoning, "usage.outputTokens.reasoning");
  }
  assert.deepEqual(result.message, { role: "assistant", content: result.content }, "message");
}
