import assert from "node:assert/strict";
import { collect } from "@llmux/core";
import type { Check } from "../check.js";
import { outcomeOf, theError } from "../claims.js";
import { SHORT } from "../scenarios.js";
import { essence, requestOf, scenariosFor } from "./results.js";

/** Beyond so many bytes a stream is not cut at every one of them, but at every one near the ends of its events. */
const EVERY = 900;
/** How near that is, in bytes. */
const NEAR = 16;

/** The bytes of a stream come as the network likes, and may stop anywhere. */
export const WIRE_CHECKS: readonly Check[] = [
  {
    id: "recut",
    title: "a stream reads the same however its bytes are cut",
    why: "a letter, a line or an event may be split between two packets",
    needs: ["stream"],
    async run(kit) {
      for (const scenario of scenariosFor(kit)) {
        const request = requestOf(kit, scenario);
        kit.replies(scenario.reply);
        const whole = essence(await collect(kit.backend.stream(request)));
        for (const seed of [1, 2, 3]) {
          kit.replies(scenario.reply, { seed });
          const recut = essence(await collect(kit.backend.stream(request)));
          assert.deepEqual(recut, whole, `${scenario.name}, cut by the seed ${seed}`);
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
      let ends: number[] = [];
      kit.answers((call) => {
        const response = kit.dialect.reply(SHORT, call);
        let length = 0;
        ends = response.pieces.map((piece) => (length += Buffer.from(piece as Uint8Array).length));
        return response;
      });
      const whole = essence(await collect(kit.backend.stream(kit.request())));
      const length = ends.at(-1) ?? 0;
      const step = Math.max(1, Math.ceil(length / EVERY));
      for (let cutAfter = 0; cutAfter < length; cutAfter += 1) {
        if (cutAfter % step !== 0 && !ends.some((end) => Math.abs(end - cutAfter) <= NEAR)) continue;
        kit.replies(SHORT, { cutAfter, cut: cutAfter % 2 === 0 ? "end" : "break" });
        const where = `cut after ${cutAfter} of ${length} bytes`;
        const { result, error } = await outcomeOf(collect(kit.backend.stream(kit.request())));
        if (result) assert.deepEqual(essence(result), whole, where);
        else theError(error, where);
      }
    },
  },
];
