import assert from "node:assert/strict";
import type { Schema } from "@llmux/core";
import { withJSONSchema } from "@llmux/core";
import type { Check } from "../check.js";
import { bodyFor, failureOf, isNamed, onWire, ways } from "../claims.js";
import type { Kit } from "../kit.js";
import type { Reply } from "../reply.js";
import { call, TEXT } from "../scenarios.js";

const JSON_SCHEMA = {
  type: "object",
  properties: { kit_count: { type: "integer" } },
  required: ["kit_count"],
  additionalProperties: false,
};

/** A Standard Schema that needs no library. */
const SCHEMA: Schema = withJSONSchema(
  {
    "~standard": {
      version: 1,
      vendor: "llmux-kit",
      validate: (value: unknown) =>
        typeof (value as { kit_count?: unknown } | null)?.kit_count === "number"
          ? { value }
          : { issues: [{ message: "must be a number", path: ["kit_count"] }] },
    },
  },
  JSON_SCHEMA,
);

const VALID = '{"kit_count":7}';

/** Answers that a program reads. */
export const OUTPUT_CHECKS: readonly Check[] = [
  {
    id: "structured-output",
    title: "the schema reaches the provider, and its reply comes parsed",
    why: "a program reads the reply without looking at it",
    needs: ["structured-output"],
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        answersJSON(kit, VALID);
        const { output } = await ask(kit.request({ output: { schema: SCHEMA, name: "kit_name" } }));
        assert.ok(onWire(kit, "kit_count"), `${way}: the schema is not in what was sent`);
        assert.deepEqual(output, { kit_count: 7 }, `${way}: output`);
      }
    },
    lacking: (kit) => isNamed(kit, { output: { schema: SCHEMA } }, /^output/, "kit_count", jsonReply(VALID)),
  },
  {
    id: "structured-output-invalid",
    title: "a reply that does not fit the schema is a malformed response, with its text",
    why: "a value of the wrong shape breaks the program far from here",
    needs: ["structured-output"],
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        answersJSON(kit, '{"kit_count":"seven"}');
        const failure = await failureOf(ask(kit.request({ output: { schema: SCHEMA } })), way);
        assert.equal(failure.kind, "malformed-response", way);
        assert.match(failure.text ?? "", /seven/, `${way}: the error's text`);
      }
    },
  },
  {
    id: "json-mode",
    title: "JSON of any shape is asked for, and comes parsed",
    why: "a program reads the reply without looking at it",
    needs: ["json-mode"],
    async run(kit) {
      const plain = await bodyFor(kit, {});
      answersJSON(kit, VALID);
      await kit.backend.generate(kit.request({ output: "json" }));
      assert.notEqual(kit.sent.text, plain, "it was dropped in silence");
      for (const [way, ask] of ways(kit)) {
        answersJSON(kit, VALID);
        assert.deepEqual((await ask(kit.request({ output: "json" }))).output, { kit_count: 7 }, `${way}: output`);
      }
    },
    lacking: (kit) => isNamed(kit, { output: "json" }, /^output/, undefined, jsonReply(VALID)),
  },
  {
    id: "json-mode-broken",
    title: "a reply that is no JSON is a malformed response, with its text",
    why: "the application must be able to see, and to show, what the model wrote instead",
    needs: ["json-mode"],
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        kit.replies({ ...TEXT, parts: [{ type: "text", pieces: ["kit-words ", "instead"] }] });
        const failure = await failureOf(ask(kit.request({ output: "json" })), way);
        assert.equal(failure.kind, "malformed-response", way);
        assert.match(failure.text ?? "", /kit-words/, `${way}: the error's text`);
      }
    },
  },
];

function jsonReply(text: string): Reply {
  return { ...TEXT, parts: [{ type: "text", pieces: [text.slice(0, 5), text.slice(5)] }] };
}

/** As a provider would: as text, or by the tool that the adapter has made up for it. */
function answersJSON(kit: Kit, text: string): void {
  kit.answers((wire) => {
    const [tool] = wire.tools ?? [];
    if (tool === undefined) return kit.dialect.reply(jsonReply(text), wire);
    return kit.dialect.reply({ ...TEXT, finish: "tool-calls", parts: [call("call_1", tool, text)] }, wire);
  });
}
