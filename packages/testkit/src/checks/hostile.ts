import assert from "node:assert/strict";
import { collect, type GenerateResult } from "@llmux/core";
import type { Check } from "../check.js";
import { failureOf, outcomeOf, theError, ways } from "../claims.js";
import { jsonResponse, type WireCall, type WireResponse } from "../dialect.js";
import type { Kit } from "../kit.js";
import type { Reply } from "../reply.js";
import { call, TEXT } from "../scenarios.js";
import { TOOLS } from "../tools.js";
import { type Variant, withEachText, withEachValue, withMembers } from "../wire-json.js";
import { essence } from "./results.js";

/** As much as no event can be. */
const HUGE = 112 * 1024 * 1024;
const DEEP = 20_000;
const MARK = "KIT-MARK";
const MARKED: Reply = { ...TEXT, parts: [{ type: "text", pieces: ["The sky", ` is ${MARK}`, " blue."] }] };
const deep = `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`;

const html: WireResponse = {
  status: 200,
  headers: { "content-type": "text/html" },
  pieces: ["<!doctype html><html><body>Welcome to our proxy</body></html>"],
};

/** A provider, or what stands between, may send anything: it must end in an answer or in an error that says so. */
export const HOSTILE_CHECKS: readonly Check[] = [
  {
    id: "html-page",
    title: "a page in place of an answer is an error",
    why: "a wrong URL, a login page or a proxy answers with a page, often under a 200",
    async run(kit) {
      for (const status of [200, 404, 502])
        for (const failure of await failures(kit, { ...html, status }))
          if (status !== 200) assert.equal(failure.status, status, "status");
    },
  },
  {
    id: "garbage-json",
    title: "an answer that can't be read is an error",
    why: "what can't be read must not be taken for an empty answer",
    async run(kit) {
      for (const text of ['{"id": "x", "cho', "kit garbage", "null", "42", '"text"', "[]", "{}", "[null]"]) {
        const body = { status: 200, headers: { "content-type": "application/json" }, pieces: [text] };
        for (const failure of await failures(kit, body))
          assert.ok(!failure.kind.match(/^(aborted|timeout)$/), `${text}: kind ${failure.kind}`);
        await failures(kit, { ...body, status: 500 });
        await failures(kit, { ...body, status: 400 });
      }
    },
  },
  {
    id: "empty-body",
    title: "an answer without a body is an error",
    why: "nothing at all must not be taken for an empty answer",
    async run(kit) {
      const type = kit.dialect.reply(TEXT, { kind: "generate", stream: true, model: kit.options.model }).headers;
      for (const headers of [{}, { "content-type": "application/json" }, type]) {
        for (const status of [200, 204, 500]) await failures(kit, { status, headers, pieces: [] });
      }
    },
  },
  {
    id: "error-under-200",
    title: "an error under a 200 is an error",
    why: "gateways answer so, and an error that reads as an empty answer is never noticed",
    async run(kit) {
      for (const kind of ["server", "invalid-request", "rate-limit"] as const) {
        const response = kit.dialect.error(kind, { message: "kit-words" });
        if (response) await failures(kit, { ...response, status: 200 });
      }
    },
  },
  {
    id: "null-fields",
    title: "null in any place of an answer neither crashes nor shows",
    why: "servers that imitate an API send null for what they don't have",
    run: (kit) => endures(kit, (value) => (value === null ? undefined : null)),
  },
  {
    id: "wrong-types",
    title: "a value of another type in any place of an answer does not crash",
    why: "a crash says nothing of whose fault it was, and no policy knows what to do about it",
    async run(kit) {
      const anything = (): void => undefined;
      await endures(kit, (value) => (typeof value === "string" ? 7 : Array.isArray(value) ? {} : "kit"), anything);
      await endures(kit, (value) => (typeof value === "string" ? {} : Array.isArray(value) ? 7 : undefined), anything);
    },
  },
  {
    id: "prototype-keys",
    title: "the names __proto__ and constructor change nothing",
    why: "an answer that changes all objects of a program takes it over",
    async run(kit) {
      const members = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
      const tool = { ...TEXT, finish: "tool-calls" as const, parts: [call("call_1", "get_weather", `{${members}}`)] };
      const taken = (): unknown => (Object.prototype as { polluted?: unknown }).polluted;
      try {
        for (const [way, ask] of ways(kit)) {
          kit.replies(TEXT);
          const before = known(await ask(kit.request()));
          kit.answers((wire) => withMembers(kit.dialect.reply(TEXT, wire), members));
          const { result } = await outcomeOf(ask(kit.request()));
          assert.equal(taken(), undefined, `${way}: every object has been given a member`);
          assert.deepEqual(result && known(result), before, `${way}: the result`);
          if (!kit.has("tools")) continue;
          kit.replies(tool);
          const { toolCalls } = await ask(kit.request({ tools: TOOLS }));
          assert.equal(toolCalls.length, 1, `${way}: tool calls`);
          assert.equal(taken(), undefined, `${way}: every object has been given a member`);
        }
      } finally {
        // Every other test of the process would suffer.
        delete (Object.prototype as { polluted?: unknown }).polluted;
      }
    },
  },
  {
    id: "invalid-utf8",
    title: "bytes that are no text do not crash",
    why: "one broken letter must not end a conversation with a crash",
    async run(kit) {
      await eachWay(kit, MARKED, (response) => [
        {
          where: "a text",
          response: {
            ...response,
            pieces: [spliced(response, Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80]))],
          },
        },
      ]);
    },
  },
  {
    id: "deep-json",
    title: "JSON of any depth does not crash",
    why: "a stack that overflows takes the process with it",
    async run(kit) {
      await failures(kit, { ...jsonResponse(null), pieces: [deep] });
      await failures(kit, { ...jsonResponse(null), pieces: [`{"error":${deep}}`], status: 400 });
      await eachWay(kit, MARKED, (response) => [...withEachText(response, deep)]);
      if (!kit.has("tools")) return;
      const parts = [call("call_1", "get_weather", `{"city":${"[".repeat(500)}${"]".repeat(500)}}`)];
      for (const [, ask] of ways(kit)) {
        kit.replies({ ...TEXT, finish: "tool-calls", parts });
        await ask(kit.request({ tools: TOOLS }));
      }
    },
  },
  {
    id: "huge-frame",
    title: "an event that never ends is an error, and is not kept without bound",
    why: "a server that sends without end would fill the memory",
    needs: ["stream"],
    async run(kit) {
      kit.answers((wire) => {
        const response = kit.dialect.reply(MARKED, wire);
        const all = Buffer.concat(response.pieces.map((piece) => Buffer.from(piece as Uint8Array)));
        const at = all.indexOf(MARK);
        const bytes = Buffer.alloc(1024 * 1024, "a");
        return { ...response, pieces: [all.subarray(0, at < 0 ? all.length : at)], endless: { bytes, most: HUGE } };
      });
      const failure = await failureOf(collect(kit.backend.stream(kit.request())), "the stream");
      assert.equal(await kit.left(), true, `all of ${HUGE} bytes were taken (${failure.message})`);
    },
  },
];

/** How each way to ask ends on this answer, which is none. */
async function failures(kit: Kit, response: WireResponse): Promise<Awaited<ReturnType<typeof failureOf>>[]> {
  const all = [];
  for (const [way, ask] of ways(kit)) {
    kit.always(response);
    const what = `${way} of ${response.status} ${JSON.stringify(response.pieces).slice(0, 60)}`;
    all.push(await failureOf(ask(kit.request()), what));
  }
  return all;
}

/** Answers in each way with what is made of the reply, and sees to it that it ends in a sound result or in an error that says so. */
async function eachWay(
  kit: Kit,
  reply: Reply,
  make: (response: WireResponse) => readonly Variant[],
  holds: (result: GenerateResult, where: string) => void = sound,
): Promise<void> {
  for (const [way, ask] of ways(kit)) {
    const wire: WireCall = { kind: "generate", stream: way === "stream", model: kit.options.model };
    for (const variant of make(kit.dialect.reply(reply, wire))) {
      kit.always(variant.response);
      const { result, error } = await outcomeOf(ask(kit.request({ tools: kit.has("tools") ? TOOLS : undefined })));
      const where = `${way}, ${variant.where}`;
      if (result) holds(result, where);
      else theError(error, where);
    }
  }
}

/**
 * Answers with each value of an answer replaced by another.
 * @param other `undefined`: this one stays as it is
 * @param holds What the results must be, where there are any. What stands for another type than it should may well be handed on.
 */
async function endures(kit: Kit, other: (value: unknown) => unknown, holds: typeof sound = sound): Promise<void> {
  await eachWay(kit, fullReply(kit), (response) => [...withEachValue(response, other)], holds);
}

/** All that a reply can hold. */
function fullReply(kit: Kit): Reply {
  const calls = [call("call_1", "get_weather", '{"city":"Paris"}'), call("call_2", "get_time", '{"zone":"CET"}')];
  return {
    parts: [
      ...(kit.has("reasoning")
        ? [{ type: "reasoning" as const, pieces: ["Light", " scatters."], signature: "c2VhbA==" }]
        : []),
      { type: "text", pieces: ["The sky", " is blue."] },
      ...(kit.has("tools") ? calls.slice(0, kit.has("parallel-tools") ? 2 : 1) : []),
    ],
    finish: kit.has("tools") ? "tool-calls" : "stop",
    usage: {
      input: 1000,
      output: 113,
      ...(kit.has("cache-usage") && { cacheRead: 900 }),
      ...(kit.has("reasoning-usage") && { reasoning: 100 }),
    },
  };
}

/** What of a result the adapter knows. Metadata rightly holds what it does not, whatever the name. */
function known(result: GenerateResult): unknown {
  return JSON.parse(
    JSON.stringify(essence(result), (name, value) => (name === "providerMetadata" ? undefined : value)),
  );
}

/** Asserts that a result is one, whatever it says. */
function sound({ text, finishReason, usage, toolCalls, content, response }: GenerateResult, where: string): void {
  assert.equal(typeof text, "string", `${where}: text`);
  assert.doesNotMatch(text, /null|undefined|NaN|\[object/, `${where}: text`);
  assert.match(finishReason.unified, /^(stop|length|tool-calls|content-filter|other)$/, `${where}: finishReason`);
  for (const counts of [usage.inputTokens, usage.outputTokens])
    for (const [name, count] of Object.entries(counts))
      assert.ok(count === undefined || Number.isFinite(count), `${where}: usage ${name} is ${count}`);
  for (const part of toolCalls) assert.ok(part.id && part.name, `${where}: a tool call without id or name`);
  for (const part of content) assert.equal(typeof part?.type, "string", `${where}: a part without a type`);
  const { createdAt } = response;
  assert.ok(!createdAt || !Number.isNaN(createdAt.getTime()), `${where}: response.createdAt is no date`);
}

/** The answer's bytes with others in place of the mark. */
function spliced({ pieces }: WireResponse, bytes: Uint8Array): Uint8Array {
  const all = Buffer.concat(pieces.map((piece) => Buffer.from(piece as Uint8Array)));
  const at = all.indexOf(MARK);
  return at < 0 ? all : Buffer.concat([all.subarray(0, at), bytes, all.subarray(at + MARK.length)]);
}
