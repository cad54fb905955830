import assert from "node:assert/strict";
import { inspect } from "node:util";
import { collect, type GenerateRequest, type GenerateResult, isLLMError, type LLMError } from "@llmux/core";
import type { Kit } from "./kit.js";
import type { Reply } from "./reply.js";
import { TEXT } from "./scenarios.js";

/** What is looked for in what was sent: a text, a pattern, or bytes, as they are or in base64. */
export type Sentinel = string | RegExp | Uint8Array;

/** How an answer was asked for, and what asks so. */
export type Way = readonly [name: string, ask: (request: GenerateRequest) => Promise<GenerateResult>];

/** The ways in which an answer can be had: what holds for one must hold for the other. */
export function ways(kit: Kit): readonly Way[] {
  const generate: Way = ["generate", (request) => kit.backend.generate(request)];
  const stream: Way = ["stream", (request) => collect(kit.backend.stream(request))];
  return kit.has("stream") ? [generate, stream] : [generate];
}

/** How a call ended. */
export type Outcome<T> = { result: T; error?: undefined } | { result?: undefined; error: unknown };

export async function outcomeOf<T>(call: Promise<T>): Promise<Outcome<T>> {
  try {
    return { result: await call };
  } catch (error) {
    return { error: error ?? new Error("nothing was thrown as an error") };
  }
}

/** How a call failed. @throws where it did not, or with what is no `LLMError` */
export async function failureOf(call: Promise<unknown>, what = "the call"): Promise<LLMError> {
  const { error } = await outcomeOf(call);
  assert.ok(error !== undefined, `${what} succeeded`);
  return theError(error, what);
}

/** A failure that is one of the taxonomy, as every failure of a call must be. */
export function theError(error: unknown, what = "the call"): LLMError {
  assert.ok(isLLMError(error), `${what} failed with something other than an LLMError: ${shortly(error)}`);
  return error;
}

/** Whether this went out with any request. */
export function onWire(kit: Kit, sentinel: Sentinel): boolean {
  if (typeof sentinel === "string") return kit.wire.includes(sentinel);
  if (sentinel instanceof RegExp) return sentinel.test(kit.wire);
  const base64 = Buffer.from(sentinel).toString("base64").replace(/=+$/, "");
  return (
    kit.wire.includes(base64) ||
    kit.server.exchanges.some(({ bytes }) => Buffer.from(bytes).includes(Buffer.from(sentinel)))
  );
}

/** Asserts that what is asked for reaches the provider. */
export async function reaches(
  kit: Kit,
  more: Partial<GenerateRequest>,
  sentinels: Sentinel | readonly Sentinel[],
  reply: Reply = TEXT,
): Promise<void> {
  for (const [way, ask] of ways(kit)) {
    kit.replies(reply);
    await ask(kit.request(more));
    for (const sentinel of [sentinels].flat())
      assert.ok(onWire(kit, sentinel), `${way}: ${shortly(sentinel)} is not in what was sent`);
  }
}

/** Asserts that what the provider can't take is an `unsupported` error that names it, or with `dropParams` a warning that does. */
export async function isNamed(
  kit: Kit,
  more: Partial<GenerateRequest>,
  parameter: RegExp,
  sentinel?: Sentinel,
  reply: Reply = TEXT,
): Promise<void> {
  for (const [way, ask] of ways(kit)) {
    kit.replies(reply);
    const { result, error } = await outcomeOf(ask(kit.request(more)));
    if (result) {
      const sent = sentinel !== undefined && onWire(kit, sentinel);
      assert.fail(
        sent
          ? `${way}: it is declared as lacking, yet it reaches the wire`
          : `${way}: it was taken without a word: dropped in silence, or declared as lacking though it is not`,
      );
    }
    const failure = theError(error, way);
    assert.equal(failure.kind, "unsupported", `${way}: ${failure.message}`);
    assert.match(failure.parameter ?? "", parameter, `${way}: the error names another parameter`);
    assert.equal(kit.asked.length, 0, `${way}: it was sent all the same`);
    kit.replies(reply);
    const { warnings } = await ask(kit.request({ ...more, dropParams: true }));
    const told = warnings.some(({ type, parameter: about }) => type === "dropped" && parameter.test(about ?? ""));
    assert.ok(told, `${way}: with dropParams there is no "dropped" warning that names the parameter`);
    if (sentinel !== undefined) assert.ok(!onWire(kit, sentinel), `${way}: with dropParams it was sent all the same`);
  }
}

/** Asserts that it reaches the provider, or else is named as what it can't take. */
export async function reachesOrIsNamed(
  kit: Kit,
  more: Partial<GenerateRequest>,
  parameter: RegExp,
  sentinel: Sentinel,
): Promise<void> {
  kit.replies(TEXT);
  const { error } = await outcomeOf(kit.backend.generate(kit.request(more)));
  if (isLLMError(error, "unsupported")) await isNamed(kit, more, parameter, sentinel);
  else await reaches(kit, more, sentinel);
}

/** The body of the one request that asks for this. */
export async function bodyFor(kit: Kit, more: Partial<GenerateRequest>, reply: Reply = TEXT): Promise<string> {
  kit.replies(reply);
  await kit.backend.generate(kit.request(more));
  return kit.sent.text;
}

/** A thing in few words. */
function shortly(value: unknown): string {
  const text = value instanceof Error ? (value.stack ?? String(value)) : inspect(value);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
