import assert from "node:assert/strict";
import type { GenerateResult } from "@llmux/core";
import { collect, isLLMError } from "@llmux/core";
import type { Check } from "../check.js";
import type { Kit } from "../kit.js";
import { SCENARIOS, TEXT } from "../scenarios.js";
import { TOOLS } from "../tools.js";
import { essence } from "./results.js";

/** The bytes of a stream come as the network likes, and may stop anywhere. */
export const WIRE_CHECKS: readonly Check[] = [
  {
    id: "recut",
    title: "a stream reads the same however its bytes are cut",
    why: "a letter, a line or an event may be split between two packets",
    needs: ["stream"],
    async run(kit) {
      for (const { reply, tools, needs = [] } of SCENARIOS) {
        if (!needs.every((feature) => kit.has(feature))) continue;
        const request = kit.request(tools ? { tools: TOOLS } : {});
        kit.replies(reply);
        const whole = essence(await collect(kit.backend.stream(request)));
        for (const seed of [1, 2, 3]) {
          kit.replies(reply, { seed });
          assert.deepEqual(essence(await collect(kit.backend.stream(request))), whole, `cut by the seed ${seed}`);
        }
      }
    },
  },
  {
    id: "cut-never-success",
    title: "a stream that is cut anywhere never reads as success",
    why: "half an answer that passes for a whole one is worse than an error",
    needs: ["stream"],
    async run(kit) {
      kit.replies(TEXT);
      const whole = essence(await collect(kit.backend.stream(kit.request())));
      const length = await lengthOf(kit);
      for (let cutAfter = 0; cutAfter < length; cutAfter += 1) {
        kit.replies(TEXT, { cutAfter, cut: cutAfter % 2 === 0 ? "end" : "break" });
        const outcome = await outcomeOf(collect(kit.backend.stream(kit.request())));
        if (outcome.result)
          assert.deepEqual(essence(outcome.result), whole, `cut after ${cutAfter} of ${length} bytes`);
        else assert.ok(isLLMError(outcome.error), `cut after ${cutAfter} bytes: not an LLMError but ${outcome.error}`);
      }
    },
  },
];

/** How many bytes the stream of {@link TEXT} has. */
async function lengthOf(kit: Kit): Promise<number> {
  let length = 0;
  kit.server.script((call) => {
    const response = kit.dialect.reply(TEXT, call);
    length = response.pieces.reduce((sum, piece) => sum + Buffer.from(piece as Uint8Array).length, 0);
    return response;
  });
  await collect(kit.backend.stream(kit.request()));
  return length;
}

async function outcomeOf(call: Promise<GenerateResult>): Promise<{ result?: GenerateResult; error?: unknown }> {
  try {
    return { result: await call };
  } catch (error) {
    return { error };
  }
}
