import assert from "node:assert/strict";
import type { Message } from "@llmux/core";
import type { Check } from "../check.js";
import { isNamed, onWire, outcomeOf, theError, ways } from "../claims.js";
import type { Kit } from "../kit.js";
import { call, TEXT } from "../scenarios.js";
import { TOOLS } from "../tools.js";

const SEAL = "kit-seal-4711AbC==";
const THOUGHT = "kit-thought";

/** A model that thinks between its tool calls needs its thoughts back. */
export const REASONING_CHECKS: readonly Check[] = [
  {
    id: "reasoning-handback",
    title: "reasoning goes back to the provider unchanged, with its seal",
    why: "the provider refuses a conversation whose reasoning was changed, and a model without its thoughts loses the thread",
    needs: ["reasoning", "reasoning-handback"],
    async run(kit) {
      for (const [way] of ways(kit)) {
        const { messages, sealed } = await afterThinking(kit, way);
        kit.replies(TEXT);
        await kit.backend.generate(kit.request({ messages, tools: TOOLS }));
        assert.ok(onWire(kit, THOUGHT), `${way}: the reasoning is not in what was sent`);
        if (sealed) assert.ok(onWire(kit, SEAL), `${way}: its seal is not in what was sent`);
      }
    },
    async lacking(kit) {
      const messages: Message[] = [
        { role: "user", content: "Why?" },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: THOUGHT },
            { type: "text", text: "Because." },
          ],
        },
        { role: "user", content: "Why?" },
      ];
      kit.replies(TEXT);
      const { result, error } = await outcomeOf(kit.backend.generate(kit.request({ messages })));
      if (error) return isNamed(kit, { messages }, /^messages|^reasoning/, THOUGHT);
      assert.ok(!onWire(kit, THOUGHT), "it is declared as lacking, yet it reaches the wire");
      // A history is nobody's wish: a warning is enough.
      assert.ok((result?.warnings ?? []).length > 0, "it was dropped in silence");
    },
  },
];

/** A conversation that goes on from a reply with reasoning and a tool call; whether the provider sealed the reasoning. */
async function afterThinking(kit: Kit, way: string): Promise<{ messages: Message[]; sealed: boolean }> {
  let sealed = false;
  const reply = {
    ...TEXT,
    finish: "tool-calls" as const,
    parts: [
      { type: "reasoning" as const, pieces: [THOUGHT, " on"], signature: SEAL },
      ...(kit.has("tools") ? [call("call_1", "get_weather", '{"city":"Rome"}')] : TEXT.parts),
    ],
  };
  kit.answers((wire) => {
    const response = kit.dialect.reply(reply, wire);
    sealed = response.pieces.some((piece) => Buffer.from(piece as Uint8Array).includes(SEAL));
    return response;
  });
  const question: Message = { role: "user", content: "Why is the sky blue?" };
  const ask = ways(kit).find(([name]) => name === way)?.[1];
  const outcome = await outcomeOf(ask!(kit.request({ messages: [question], tools: TOOLS })));
  if (!outcome.result) throw theError(outcome.error, way);
  const { message, toolCalls } = outcome.result;
  const results: Message[] = toolCalls.map(({ id, name }) => ({
    role: "tool",
    content: [{ type: "tool-result", toolCallId: id, toolName: name, output: "Sunny" }],
  }));
  return { messages: [question, message, ...(results.length > 0 ? results : [question])], sealed };
}
