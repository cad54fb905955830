import assert from "node:assert/strict";
import { inspect } from "node:util";
import { collect } from "@llmux/core";
import type { Check } from "../check.js";
import { failureOf, outcomeOf, ways } from "../claims.js";
import type { WireResponse } from "../dialect.js";
import type { Kit } from "../kit.js";
import { TEXT } from "../scenarios.js";
import { ScriptedServer } from "../scripted-server.js";

/** Names of settings and of variables that hold what nobody may see. */
const SECRET = /(key|token|secret|password|credentials?)$/i;

/** Errors are logged, shown and sent to others: no key may be in them. */
export const SECRET_CHECKS: readonly Check[] = [
  {
    id: "key-in-error-body",
    title: "a key that the provider quotes in an error is taken out",
    why: "errors end in logs, in tickets and on screens",
    async run(kit) {
      for (const kind of ["authentication", "invalid-request", "server", "rate-limit"] as const) {
        const response = kit.dialect.error(kind, { message: `The key ${kit.key} is not good` });
        if (response) await holdsNoKey(kit, response);
      }
    },
  },
  {
    id: "key-in-error-headers",
    title: "a key that the provider sends back in a header is taken out",
    why: "an SDK's error often holds the headers of the answer, and of the request",
    async run(kit) {
      for (const kind of ["authentication", "server"] as const) {
        const response = kit.dialect.error(kind, { message: "kit-words" });
        if (!response) continue;
        const echo = Object.fromEntries(Object.keys(response.headers).map((name) => [name, kit.key]));
        const headers = { "x-echo": kit.key, "www-authenticate": `Bearer ${kit.key}` };
        await holdsNoKey(kit, { ...response, headers: { ...response.headers, ...headers } });
        // Where the provider puts its id of the request, or its type of content.
        await holdsNoKey(kit, { ...response, headers: { ...echo, ...headers } });
      }
    },
  },
  {
    id: "key-in-malformed-answer",
    title: "a key in an answer that can't be read is taken out",
    why: "a proxy that answers with what it was sent is no rarity",
    async run(kit) {
      for (const body of [`<html>${kit.key}</html>`, `{"key": "${kit.key}"`, JSON.stringify({ echo: kit.key })]) {
        for (const type of ["text/html", "application/json", "text/event-stream"])
          await holdsNoKey(kit, { status: 200, headers: { "content-type": type }, pieces: [body] });
      }
    },
  },
  {
    id: "key-in-stream-error",
    title: "a key in an error in mid-stream is taken out",
    why: "errors end in logs, in tickets and on screens",
    needs: ["stream", "error-in-stream"],
    async run(kit) {
      kit.answers((call) => kit.dialect.errorInStream!(TEXT, { message: `The key ${kit.key} is not good` }, call));
      showsNoKey(await failureOf(collect(kit.backend.stream(kit.request())), "the stream"), kit.key, "the stream");
    },
  },
  {
    id: "key-in-url",
    title: "a key in a URL that leads nowhere is taken out",
    why: "some gateways want it there, and an error names the URL",
    async run(kit) {
      const gone = await ScriptedServer.start(() => undefined);
      const { url } = gone;
      await gone.stop();
      for (const baseURL of [`${url}/${kit.key}`, `${url}/?key=${kit.key}`, url.replace("//", `//user:${kit.key}@`)])
        await failsWithoutKey(kit, baseURL);
    },
  },
  {
    id: "key-in-malformed-url",
    title: "a key in a setting that is no URL is taken out",
    why: "people paste keys into the wrong variable",
    async run(kit) {
      for (const baseURL of [
        `http://[${kit.key}`,
        `ftp://${kit.key}`,
        `http://${kit.key}:99999`,
        `http://x y/${kit.key}`,
      ])
        await failsWithoutKey(kit, baseURL);
    },
  },
  {
    id: "key-written",
    title: "nothing is logged that holds the key",
    why: "what a library writes to the console nobody can keep back",
    async run(kit) {
      for (const [, ask] of ways(kit)) {
        kit.replies(TEXT);
        await ask(kit.request());
        for (const kind of ["authentication", "server"] as const) {
          const response = kit.dialect.error(kind, { message: "kit-words" });
          if (!response) continue;
          kit.always(response);
          await failureOf(ask(kit.request()));
        }
      }
    },
  },
  {
    id: "secrets-marked",
    title: "settings that are secrets say so, and are shown masked",
    why: "what is not marked is printed where settings are shown",
    async run(kit) {
      for (const [field, { variables, secret, description }] of Object.entries(kit.adapter.env)) {
        const isSecret = SECRET.test(field) || variables.some((variable) => SECRET.test(variable));
        assert.ok(!isSecret || secret === true, `env.${field} looks like a secret and is not marked secret: true`);
        assert.ok(description, `env.${field} needs a description`);
      }
      const shown = JSON.stringify(await kit.adapter.describe());
      assert.ok(!shown.includes(kit.key), "describe() shows the key");
    },
  },
];

async function failsWithoutKey(kit: Kit, baseURL: string): Promise<void> {
  const asking = async (): Promise<unknown> => kit.connect({ baseURL }).createBackend().generate(kit.request());
  const { error } = await outcomeOf(asking());
  const what = baseURL.replaceAll(kit.key, "<the key>");
  assert.ok(error !== undefined, `${what} worked`);
  // Not the adapter's doing where it is the code of the kit's user that can't read the URL.
  if ((error as { code?: unknown }).code !== "ERR_INVALID_URL") showsNoKey(error, kit.key, what);
}

async function holdsNoKey(kit: Kit, response: WireResponse): Promise<void> {
  for (const [way, ask] of ways(kit)) {
    kit.always(response);
    const { error } = await outcomeOf(ask(kit.request()));
    assert.ok(error !== undefined, `${way} succeeded`);
    showsNoKey(error, kit.key, way);
  }
}

function showsNoKey(error: unknown, key: string, what: string): void {
  const facts = inspect(error, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });
  const views = { message: String(error), stack: (error as Error).stack ?? "", JSON: JSON.stringify(error), facts };
  for (const [view, text] of Object.entries(views))
    assert.ok(!text?.includes(key), `${what}: the error's ${view} shows the key`);
}
