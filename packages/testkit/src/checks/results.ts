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

export function requestOf(kit: Kit, scenario: Scenario): ReturnType<Kit["request"]> {
  return kit.request(scenario.tools ? { tools: TOOLS } : {});
}

/** The scenarios that this adapter's provider can play. */
export function scenariosFor(kit: Kit): readonly Scenario[] {
  return SCENARIOS.filter(({ needs = [] }) => needs.every((feature) => kit.has(feature)));
}

/** What of a result does not tell how it came over the wire. Ids of tool calls, which some adapters must make up, are told by their place. */
export function essence(result: GenerateResult): object {
  const { raw: _, ...counts } = result.usage;
  let calls = 0;
  return {
    content: result.content.map((part) => (part.type === "tool-call" ? { ...part, id: calls++ } : part)),
    text: result.text,
    reasoning: result.reasoning,
    refusal: result.refusal,
    finishReason: result.finishReason,
    usage: counts,
    providerMetadata: result.providerMetadata,
  };
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
    result.toolCalls.map(({ name, input, inputText }) => ({ name, input, inputText })),
    calls.map(({ name, pieces }) => ({ name, ...argumentsOf(pieces.join("")) })),
    "toolCalls",
  );
  for (const { id } of result.toolCalls) assert.ok(typeof id === "string" && id !== "", "a tool call needs an id");
  assert.equal(new Set(result.toolCalls.map(({ id }) => id)).size, calls.length, "tool calls need ids of their own");
  assert.equal(result.finishReason.unified, finish, "finishReason.unified");
  assert.deepEqual(
    { input: result.usage.inputTokens.total, output: result.usage.outputTokens.total },
    { input: usage?.input, output: usage?.output },
    "usage totals",
  );
  if (usage?.cacheRead !== undefined) {
    assert.equal(result.usage.inputTokens.cacheRead, usage.cacheRead, "usage.inputTokens.cacheRead");
  }
  if (usage?.reasoning !== undefined) {
    assert.equal(result.usage.outputTokens.reasoning, usage.reasoning, "usage.outputTokens.reasoning");
  }
  assert.deepEqual(result.message, { role: "assistant", content: result.content }, "message");
}

/** Nothing means no arguments; what is not JSON is kept as it is. */
function argumentsOf(text: string): { input: unknown; inputText: string | undefined } {
  try {
    return { input: text === "" ? {} : JSON.parse(text), inputText: undefined };
  } catch {
    return { input: undefined, inputText: text };
  }
}
