import assert from "node:assert/strict";
import { isLLMError, type Timeouts } from "@llmux/core";
import type { Check } from "../check.js";
import { failureOf, ways } from "../claims.js";
import { TEXT } from "../scenarios.js";
import { holds } from "./results.js";

/** Milliseconds. However slow the machine, the server never answers: the limit is always what ends it. */
const TINY = 50;

/** Who no longer wants the answer must not go on paying for it. */
export const LEAVING_CHECKS: readonly Check[] = [
  {
    id: "break-closes-socket",
    title: "leaving the loop closes the connection",
    why: "a provider goes on generating, and charging, for as long as it is listened to",
    needs: ["stream"],
    async run(kit) {
      kit.stallsHalfway(TEXT);
      for await (const event of kit.backend.stream(kit.request())) if (event.type !== "start") break;
      assert.equal(await kit.left(), true);
    },
  },
  {
    id: "abort-before",
    title: "a call whose signal has fired already asks for nothing",
    why: "what nobody wants any more must not be paid for",
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        kit.replies(TEXT);
        const failure = await failureOf(ask(kit.request({ signal: AbortSignal.abort() })), way);
        assert.equal(failure.kind, "aborted", way);
        assert.equal(kit.server.exchanges.length, 0, `${way}: requests`);
      }
    },
  },
  {
    id: "abort-while-waiting",
    title: "an abort while the provider thinks ends the call and its connection",
    why: "a person who presses Stop expects it to stop",
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        const controller = new AbortController();
        kit.answers((call) => ({ ...kit.dialect.reply(TEXT, call), silent: "hang" }));
        const failing = failureOf(ask(kit.request({ signal: controller.signal })), way);
        await kit.server.arrived(1);
        controller.abort();
        assert.equal((await failing).kind, "aborted", way);
        assert.equal(await kit.left(), true, `${way}: the connection was left`);
      }
    },
  },
  {
    id: "abort-during-stream",
    title: "an abort in mid-stream ends it at once and closes the connection",
    why: "a person who presses Stop expects it to stop",
    needs: ["stream"],
    async run(kit) {
      const controller = new AbortController();
      kit.stallsHalfway(TEXT);
      const reading = (async () => {
        // By then the reader waits for what does not come.
        for await (const event of kit.backend.stream(kit.request({ signal: controller.signal })))
          if (event.type === "text-start") setTimeout(() => controller.abort(), TINY);
      })();
      await assert.rejects(reading, (error) => isLLMError(error, "aborted"));
      assert.equal(await kit.left(), true);
    },
  },
  {
    id: "abort-after",
    title: "an abort after the answer changes nothing",
    why: "one signal often spans several calls: what is done must stay done, and the next call must work",
    async run(kit) {
      for (const [, ask] of ways(kit)) {
        const controller = new AbortController();
        kit.replies(TEXT);
        const result = await ask(kit.request({ signal: controller.signal }));
        controller.abort();
        holds(result, TEXT);
        assert.equal(await kit.left(), false);
        holds(await ask(kit.request()), TEXT);
      }
    },
  },
  ...timeoutChecks(),
];

function timeoutChecks(): Check[] {
  const check = (limit: keyof Timeouts, title: string): Check => ({
    id: `timeout-${limit.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    title,
    why: "a provider that hangs must not hang the application, nor keep a connection",
    ...(limit === "betweenEvents" && { needs: ["stream"] as const }),
    async run(kit) {
      const all = ways(kit);
      for (const [way, ask] of limit === "betweenEvents" ? all.slice(1) : all) {
        // What is loaded with the first call must not use up the limit.
        kit.replies(TEXT);
        await ask(kit.request());
        if (limit === "betweenEvents") kit.stallsHalfway(TEXT);
        else kit.answers((call) => ({ ...kit.dialect.reply(TEXT, call), silent: "hang" }));
        // A limit that strikes before the request is out shows nothing of the connection.
        for (let milliseconds = TINY; kit.server.exchanges.length === 0; milliseconds *= 2) {
          const failure = await failureOf(ask(kit.request({ timeout: { [limit]: milliseconds } })), way);
          assert.equal(failure.kind, "timeout", way);
          assert.equal(failure.retryable, true, `${way}: retryable`);
        }
        assert.equal(await kit.left(), true, `${way}: the connection was left`);
      }
    },
  });
  return [
    check("total", "a limit on the whole call ends it, and its connection"),
    check("firstEvent", "a limit on the first event ends the call, and its connection"),
    check("betweenEvents", "a limit between two events ends the stream, and its connection"),
  ];
}
