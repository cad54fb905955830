import assert from "node:assert/strict";
import { isLLMError } from "@llmux/core";
import type { Check } from "../check.js";
import { onWire, outcomeOf, theError } from "../claims.js";
import type { WireCall } from "../dialect.js";
import type { Kit } from "../kit.js";
import { SERVER_HEADER } from "../scripted-server.js";

/** What the kit embeds where the provider has no limit to go past. */
const VALUES = 30;

/** Embeddings, the list of models, counting. */
export const OTHER_CALL_CHECKS: readonly Check[] = [
  {
    id: "embeddings",
    title: "any number of texts is embedded, each in its place",
    why: "a vector under the wrong text is found by nobody and never noticed",
    needs: ["embeddings"],
    async run(kit) {
      const { embedBatch } = kit.options;
      const values = Array.from({ length: (embedBatch ?? VALUES) + 2 }, (_, index) => `text ${index}`);
      embeds(kit);
      const { embeddings, provider, model, response } = await embedOf(kit)(kit.embedRequest({ values }));
      assert.deepEqual(
        embeddings.map(([first]) => first),
        values.map((_, index) => index),
        "the vectors, by the text that each is of",
      );
      for (const vector of embeddings) assert.ok(vector instanceof Float32Array, "a vector must be a Float32Array");
      assert.deepEqual(Array.from(embeddings[1] ?? []), [1, 0.5, -0.25], "a vector's numbers");
      assert.deepEqual([provider, model], [kit.adapter.id, kit.embedRequest().model], "provider and model");
      assert.equal(response.headers?.[SERVER_HEADER], "kit", "response.headers");
      for (const { call } of kit.asked) {
        const count = call?.values?.length ?? 0;
        assert.ok(embedBatch === undefined || count <= embedBatch, `a request held ${count} texts, over ${embedBatch}`);
      }
    },
    lacking: (kit) => isNoCall(kit, "embed", kit.embedRequest()),
  },
  {
    id: "embedding-usage",
    title: "the tokens of embeddings are counted, over all requests",
    why: "budgets and bills count them",
    needs: ["embeddings", "embedding-usage"],
    async run(kit) {
      const values = Array.from({ length: (kit.options.embedBatch ?? VALUES) + 2 }, (_, index) => `text ${index}`);
      embeds(kit);
      const { usage } = await embedOf(kit)(kit.embedRequest({ values }));
      assert.equal(usage.inputTokens.total, values.length * 3, "usage.inputTokens.total");
    },
    async lacking(kit) {
      if (!kit.has("embeddings")) return isNoCall(kit, "embed", kit.embedRequest());
      embeds(kit);
      const { usage } = await embedOf(kit)(kit.embedRequest());
      assert.equal(usage.inputTokens.total, undefined, "a count that the provider did not report is undefined");
    },
  },
  {
    id: "embedding-count",
    title: "an answer with a vector too few is an error",
    why: "the vectors after the gap would stand under the wrong texts",
    needs: ["embeddings"],
    async run(kit) {
      const embeddings = embeddingsOf(kit);
      kit.server.script((call) => (call.kind === "embed" ? embeddings([[1, 2]], { input: 3 }, call) : undefined));
      // A provider that takes one text a request has no way to leave one out.
      if (kit.options.embedBatch === 1) return;
      const { error } = await outcomeOf(embedOf(kit)(kit.embedRequest({ values: ["a", "b", "c"] })));
      assert.ok(error !== undefined, "three texts were answered with one vector");
      theError(error);
    },
  },
  {
    id: "dimensions",
    title: "the length of vectors reaches the provider",
    why: "an index takes vectors of its own length only",
    needs: ["embeddings", "dimensions"],
    async run(kit) {
      embeds(kit);
      await embedOf(kit)(kit.embedRequest({ dimensions: 717 }));
      assert.ok(onWire(kit, /\b717\b/), "it is not in what was sent");
    },
    async lacking(kit) {
      if (!kit.has("embeddings")) return isNoCall(kit, "embed", kit.embedRequest());
      const embed = embedOf(kit);
      embeds(kit);
      const { error } = await outcomeOf(embed(kit.embedRequest({ dimensions: 717 })));
      assert.ok(error !== undefined, onWire(kit, /\b717\b/) ? "it reaches the wire" : "it was dropped in silence");
      assert.ok(isLLMError(error, "unsupported"), `not unsupported but ${error}`);
      assert.match(error.parameter ?? "", /^dimensions/);
      embeds(kit);
      const { warnings } = await embed(kit.embedRequest({ dimensions: 717, dropParams: true }));
      assert.ok(
        warnings.some(({ type, parameter }) => type === "dropped" && /^dimensions/.test(parameter ?? "")),
        'with dropParams there is no "dropped" warning that names it',
      );
    },
  },
  {
    id: "list-models",
    title: "the provider's models are listed",
    why: "a user chooses from them",
    needs: ["list-models"],
    async run(kit) {
      const { models } = kit.dialect;
      if (!models) assert.fail("the dialect has no list of models: add it, or declare that the provider lacks it");
      kit.server.script(({ kind }) => (kind === "list-models" ? models(["kit-model-1", "kit-model-2"]) : undefined));
      const { listModels } = kit.backend;
      if (!listModels) assert.fail("the backend has no listModels: add it, or declare that the provider lacks it");
      const listed = await listModels();
      assert.deepEqual(listed.map(({ id }) => id).sort(), ["kit-model-1", "kit-model-2"], "their ids");
    },
    lacking: (kit) => isNoCall(kit, "listModels", {}),
  },
  {
    id: "count-tokens",
    title: "the provider counts a request's tokens",
    why: "an application that trims its history relies on the count",
    needs: ["count-tokens"],
    async run(kit) {
      const { tokens } = kit.dialect;
      if (!tokens) assert.fail("the dialect counts no tokens: add it, or declare that the provider lacks it");
      kit.server.script(({ kind }) => (kind === "count-tokens" ? tokens(717) : undefined));
      const { countTokens } = kit.backend;
      if (!countTokens) assert.fail("the backend has no countTokens: add it, or declare that the provider lacks it");
      const { inputTokens } = await countTokens(kit.request({ messages: [{ role: "user", content: "kit-words" }] }));
      assert.equal(inputTokens, 717);
      assert.ok(onWire(kit, "kit-words"), "the messages are not in what was sent");
    },
    lacking: (kit) => isNoCall(kit, "countTokens", kit.request()),
  },
];

function embedOf(kit: Kit): NonNullable<Kit["backend"]["embed"]> {
  const { embed } = kit.backend;
  if (!embed) assert.fail("the backend has no embed: add it, or declare that the provider lacks it");
  return (request) => embed(request);
}

function embeddingsOf({ dialect }: Kit): NonNullable<Kit["dialect"]["embeddings"]> {
  const { embeddings } = dialect;
  if (!embeddings) assert.fail("the dialect has no embeddings: add them, or declare that the provider lacks them");
  return embeddings;
}

/** Answers with a vector that tells which text it is of; three tokens a text. */
function embeds(kit: Kit): void {
  const embeddings = embeddingsOf(kit);
  kit.server.script((call) => {
    if (call.kind !== "embed") return undefined;
    const vectors = vectorsOf(call);
    return embeddings(vectors, { input: vectors.length * 3 }, call);
  });
}

function vectorsOf({ values = [] }: WireCall): number[][] {
  return values.map((value) => [Number(value.replace(/\D/g, "") || 0), 0.5, -0.25]);
}

/** Asserts that the backend has no such call, or that it says so. */
async function isNoCall(kit: Kit, name: "embed" | "listModels" | "countTokens", request: object): Promise<void> {
  const call = kit.backend[name] as ((request: object) => Promise<unknown>) | undefined;
  if (!call) return;
  // With an answer at hand: a call that works is to be seen to work.
  const { embeddings, models, tokens } = kit.dialect;
  kit.server.script((wire) => {
    if (wire.kind === "embed") return embeddings?.(vectorsOf(wire), { input: 3 }, wire);
    return wire.kind === "list-models" ? models?.(["kit-model-1"]) : tokens?.(717);
  });
  const { error } = await outcomeOf(call(request));
  assert.ok(error !== undefined, "it is declared as lacking, yet it works");
  assert.ok(isLLMError(error, "unsupported"), `declared as lacking, yet it does not say so but: ${error}`);
}
