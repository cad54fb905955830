import assert from "node:assert/strict";
import type { GenerateRequest } from "@llmux/core";
import type { Check } from "../check.js";
import { bodyFor, isNamed, onWire, outcomeOf, reaches, reachesOrIsNamed, type Sentinel, ways } from "../claims.js";
import { OPTION_SENTINEL } from "../conformance-options.js";
import type { Feature } from "../feature.js";
import { TEXT } from "../scenarios.js";
import { TOOLS } from "../tools.js";

interface Parameter {
  /** As an error names it. */
  name: keyof GenerateRequest;
  request: Partial<GenerateRequest>;
  /** What is searched for in what was sent. */
  sentinel: Sentinel;
  /** Where the provider may lack it without more ado, it is enough that it be named. */
  feature?: Feature;
}

const PARAMETERS: readonly Parameter[] = [
  { name: "temperature", request: { temperature: 0.123456 }, sentinel: "0.123456" },
  { name: "topP", request: { topP: 0.234567 }, sentinel: "0.234567" },
  { name: "maxTokens", request: { maxTokens: 4321 }, sentinel: /\b4321\b/ },
  { name: "topK", request: { topK: 137 }, sentinel: /\b137\b/, feature: "top-k" },
  { name: "seed", request: { seed: 424242 }, sentinel: /\b424242\b/, feature: "seed" },
  { name: "stopSequences", request: { stopSequences: ["KIT-STOP"] }, sentinel: "KIT-STOP", feature: "stop-sequences" },
  { name: "frequencyPenalty", request: { frequencyPenalty: 0.345678 }, sentinel: "0.345678", feature: "penalties" },
  { name: "presencePenalty", request: { presencePenalty: 0.456789 }, sentinel: "0.456789", feature: "penalties" },
  { name: "user", request: { user: "kit-user" }, sentinel: "kit-user" },
];

/** What was asked for is done, or it is said that it can't be. */
export const PARAMETER_CHECKS: readonly Check[] = [
  ...PARAMETERS.map(({ name, request, sentinel, feature }): Check => {
    const parameter = new RegExp(`^${name}\\b`);
    const id = `parameter-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const why = "an application that has asked for it relies on it";
    if (!feature) {
      return {
        id,
        title: `${name} reaches the provider, or is named as what it can't take`,
        why,
        run: (kit) => reachesOrIsNamed(kit, request, parameter, sentinel),
      };
    }
    return {
      id,
      title: `${name} reaches the provider`,
      why,
      needs: [feature],
      run: (kit) => reaches(kit, request, sentinel),
      lacking: (kit) => isNamed(kit, request, parameter, sentinel),
    };
  }),
  {
    id: "parameter-reasoning-effort",
    title: "reasoning.effort reaches the provider",
    why: "how long a model thinks decides what it costs",
    needs: ["reasoning-effort"],
    async run(kit) {
      const bodies = await Promise.all([bodyFor(kit, {})]);
      for (const effort of ["low", "high"] as const) bodies.push(await bodyFor(kit, { reasoning: { effort } }));
      assert.equal(new Set(bodies).size, 3, "the efforts low, high and none given are sent alike");
    },
    lacking: (kit) => isNamed(kit, { reasoning: { effort: "high" } }, /^reasoning\b/, '"high"'),
  },
  {
    id: "parameter-parallel-tool-calls",
    title: "parallelToolCalls reaches the provider, or is named as what it can't take",
    why: "a program that can run only one tool at a time relies on it",
    needs: ["tools"],
    async run(kit) {
      const before = await bodyFor(kit, { tools: TOOLS });
      kit.replies(TEXT);
      const request = { tools: TOOLS, parallelToolCalls: false };
      const { error } = await outcomeOf(kit.backend.generate(kit.request(request)));
      if (error) await isNamed(kit, request, /^parallelToolCalls/);
      else assert.notEqual(kit.sent.text, before, "it was dropped in silence");
    },
  },
  {
    id: "provider-options",
    title: "what only the provider knows passes through, and wins over the neutral parameters",
    why: "a new parameter must be usable on the day on which the provider announces it",
    async run(kit) {
      const { any, temperature } = { any: { kit_option: OPTION_SENTINEL }, ...kit.options.providerOptions };
      const own = temperature ?? { temperature: 0.654321 };
      await reaches(kit, { providerOptions: { [kit.adapter.id]: any } as never }, OPTION_SENTINEL);
      for (const [way, ask] of ways(kit)) {
        kit.replies(TEXT);
        await ask(kit.request({ temperature: 0.123456, providerOptions: { [kit.adapter.id]: own } as never }));
        assert.ok(onWire(kit, "0.654321"), `${way}: the provider's own temperature was not sent`);
        assert.ok(!onWire(kit, "0.123456"), `${way}: the neutral temperature won`);
      }
    },
  },
  {
    id: "provider-options-foreign",
    title: "options for another provider are not sent",
    why: "a request that is written for several providers would be refused by each of them",
    async run(kit) {
      for (const [, ask] of ways(kit)) {
        kit.replies(TEXT);
        await ask(kit.request({ providerOptions: { elsewhere: { kit_option: OPTION_SENTINEL } } as never }));
        assert.ok(!onWire(kit, OPTION_SENTINEL), "they were sent");
      }
    },
  },
  {
    id: "headers",
    title: "a request's own headers are sent, and win over the adapter's",
    why: "proxies, betas and keys of one user go by header",
    async run(kit) {
      kit.replies(TEXT);
      await kit.backend.generate(kit.request());
      const own = Object.entries(kit.sent.headers).find(([, value]) => value.includes(kit.key))?.[0] ?? "user-agent";
      for (const [way, ask] of ways(kit)) {
        kit.replies(TEXT);
        await ask(kit.request({ headers: { "x-kit-header": "kit-value", [own]: "kit-override" } }));
        assert.equal(kit.sent.headers["x-kit-header"], "kit-value", `${way}: a header of the request's own`);
        assert.equal(kit.sent.headers[own], "kit-override", `${way}: ${own}`);
      }
    },
  },
];
