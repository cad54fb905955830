import assert from "node:assert/strict";
import { collect, isLLMError, type LLMErrorKind } from "@llmux/core";
import type { Check } from "../check.js";
import { failureOf, outcomeOf, theError, ways } from "../claims.js";
import type { ErrorFacts, WireResponse } from "../dialect.js";
import type { Kit } from "../kit.js";
import { TEXT } from "../scenarios.js";
import { type Delivery, ScriptedServer } from "../scripted-server.js";

/** What a provider can tell of; whether the same request may succeed later. */
const TOLD: readonly (readonly [kind: LLMErrorKind, retryable: boolean])[] = [
  ["authentication", false],
  ["permission", false],
  ["not-found", false],
  ["invalid-request", false],
  ["context-window-exceeded", false],
  ["content-policy", false],
  ["rate-limit", true],
  ["quota-exceeded", false],
  ["overloaded", true],
  ["server", true],
];

const DROP: WireResponse & Delivery = { status: 200, headers: {}, pieces: [], silent: "drop" };

/** A failure says what it is, so that a policy knows what to do about it. */
export const ERROR_CHECKS: readonly Check[] = [
  ...TOLD.map(
    ([kind, retryable]): Check => ({
      id: `error-${kind}`,
      title: `the provider's way to say "${kind}" is understood`,
      why: "retries, fallbacks and what a person is told hang on the kind of an error",
      needsError: kind,
      async run(kit) {
        for (const [way, ask] of ways(kit)) {
          const response = errorOf(kit, kind);
          kit.always(response);
          const failure = await failureOf(ask(kit.request()), way);
          assert.equal(failure.kind, kind, `${way}: kind (${failure.message})`);
          assert.equal(failure.retryable, retryable, `${way}: retryable`);
          assert.equal(failure.status, response.status, `${way}: status`);
          assert.equal(failure.provider, kit.adapter.id, `${way}: provider`);
          assert.equal(failure.model, kit.options.model, `${way}: model`);
          assert.ok(failure.message, `${way}: message`);
        }
      },
    }),
  ),
  {
    id: "error-retry-after",
    title: "a wait that the provider asks for is kept, in milliseconds",
    why: "who comes back earlier is refused again, and pays for it with a longer wait",
    needsError: "rate-limit",
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        kit.always(errorOf(kit, "rate-limit", { retryAfter: 7 }));
        assert.equal((await failureOf(ask(kit.request()), way)).retryAfter, 7000, `${way}: retryAfter`);
      }
    },
  },
  {
    id: "error-request-id",
    title: "an error keeps the provider's id of the request",
    why: "its support asks for it first",
    needs: ["request-id"],
    needsError: "server",
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        kit.always(errorOf(kit, "server"));
        assert.ok((await failureOf(ask(kit.request()), way)).requestId, `${way}: requestId`);
      }
    },
  },
  {
    id: "error-in-stream",
    title: "a failure in mid-stream is thrown, with what had come by then",
    why: "half an answer must not pass for a whole one, nor be lost",
    needs: ["stream", "error-in-stream"],
    async run(kit) {
      const { errorInStream } = kit.dialect;
      if (!errorInStream) assert.fail("the dialect tells of no errors in mid-stream: add it, or declare the lack");
      kit.answers((call) => errorInStream(TEXT, { message: "kit-failure" }, call));
      const failure = await failureOf(collect(kit.backend.stream(kit.request())), "the stream");
      assert.ok(isLLMError(failure, "server", "overloaded", "rate-limit"), `kind: ${failure.kind}`);
      assert.match(failure.message, /kit-failure/, "the provider's own words");
      assert.match(failure.partial?.text ?? "", /^The sky/, "partial.text");
    },
  },
  {
    id: "connection-lost",
    title: "a lost connection is a connection error that may be retried",
    why: "networks fail for a moment, and the next attempt succeeds",
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        kit.always(DROP);
        const { kind, retryable, message } = await failureOf(ask(kit.request()), way);
        assert.deepEqual({ kind, retryable }, { kind: "connection", retryable: true }, `${way}: ${message}`);
      }
    },
  },
  {
    id: "connection-refused",
    title: "a server that is not there is a connection error",
    why: "a service that was not started is the commonest failure there is",
    async run(kit) {
      const gone = await ScriptedServer.start(() => undefined);
      const baseURL = gone.url;
      await gone.stop();
      const failure = await failureOf(kit.connect({ baseURL }).createBackend().generate(kit.request()));
      assert.equal(failure.kind, "connection", failure.message);
    },
  },
  {
    id: "no-retry",
    title: "the adapter sends each request once",
    why: "core retries; retries inside it multiply, and every one is paid for",
    async run(kit) {
      const calls: [string, () => Promise<unknown>][] = ways(kit).map(([way, ask]) => [way, () => ask(kit.request())]);
      const { embed, listModels, countTokens } = kit.backend;
      if (embed && kit.has("embeddings")) calls.push(["embed", () => embed(kit.embedRequest())]);
      if (listModels && kit.has("list-models")) calls.push(["listModels", () => listModels()]);
      if (countTokens && kit.has("count-tokens")) calls.push(["countTokens", () => countTokens(kit.request())]);
      const failures = [DROP];
      for (const kind of ["server", "rate-limit", "overloaded"] as const) {
        const response = kit.dialect.error(kind, { message: "kit-words", retryAfter: 0 });
        if (response) failures.push(response);
      }
      for (const failure of failures) {
        for (const [name, call] of calls) {
          kit.always(failure);
          const { error } = await outcomeOf(call());
          assert.ok(error !== undefined, `${name} succeeded`);
          theError(error, name);
          const what = failure === DROP ? "a lost connection" : `status ${failure.status}`;
          assert.equal(kit.server.exchanges.length, 1, `${name}: requests on ${what}`);
        }
      }
    },
  },
];

/** How the provider tells of this kind. */
export function errorOf(kit: Kit, kind: LLMErrorKind, facts: Partial<ErrorFacts> = {}): WireResponse {
  const response = kit.dialect.error(kind, { message: "kit-words", ...facts });
  if (!response) assert.fail(`the dialect has no answer for "${kind}": add one, or give the reason in lacksErrors`);
  return response;
}
