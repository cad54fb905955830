import assert from "node:assert/strict";
import { collect, isLLMError } from "@llmux/core";
import type { Check } from "../check.js";
import { TEXT } from "../scenarios.js";

/** Who no longer wants the answer must not go on paying for it. */
export const LEAVING_CHECKS: readonly Check[] = [
  {
    id: "break-closes-socket",
    title: "leaving the loop closes the connection",
    why: "a provider goes on generating, and charging, for as long as it is listened to",
    needs: ["stream"],
    async run(kit) {
      kit.replies(TEXT, { hangAfter: 3 });
      for await (const event of kit.backend.stream(kit.request())) if (event.type !== "start") break;
      assert.equal(await kit.server.exchanges[0]?.left, true);
    },
  },
  {
    id: "abort-during-stream",
    title: "an abort in mid-stream ends it at once and closes the connection",
    why: "a person who presses Stop expects it to stop",
    needs: ["stream"],
    async run(kit) {
      const controller = new AbortController();
      kit.replies(TEXT, { hangAfter: 3 });
      const reading = collect(
        (async function* () {
          for await (const event of kit.backend.stream(kit.request({ signal: controller.signal }))) {
            yield event;
            if (event.type !== "start") controller.abort();
          }
        })(),
      );
      await assert.rejects(reading, (error) => isLLMError(error, "aborted"));
      assert.equal(await kit.server.exchanges[0]?.left, true);
    },
  },
];
