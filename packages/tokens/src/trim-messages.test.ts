import type { Message } from "@llmux/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trimMessages } from "./trim-messages.js";

/** A token a message, or as many as its text says. */
const weightOf = ({ content }: Message) => (typeof content === "string" ? Number(content.split(" ")[1]) || 0 : 0) + 1;
const count = ({ messages }: { messages: readonly Message[] }) =>
  messages.reduce((sum, message) => sum + weightOf(message), 0);
const system: Message = { role: "system", content: "Be kind" };
const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const call = (...ids: string[]): Message => ({
  role: "assistant",
  content: ids.map((id) => ({ type: "tool-call", id, name: "f", input: {} })),
});
const result = (...ids: string[]): Message => ({
  role: "tool",
  content: ids.map((toolCallId) => ({ type: "tool-result", toolCallId, output: "x" })),
});
const each = ({ messages }: { messages: readonly Message[] }) => messages.length;

describe("trimMessages", () => {
  const talk = [
    system,
    user("1"),
    assistant("2"),
    user("3"),
    call("a"),
    result("a"),
    assistant("4"),
    user("5"),
    assistant("6"),
  ];

  it("gives the messages themselves where they fit", async () => {
    expect(await trimMessages(talk, { maxTokens: 9, count: each })).toBe(talk);
    expect(await trimMessages([], { maxTokens: 10 })).toEqual([]);
  });

  it("leaves out the oldest turns whole, or with keep first the newest before the last", async () => {
    expect(await trimMessages(talk, { maxTokens: 8, count: each })).toEqual([system, ...talk.slice(3)]);
    expect(await trimMessages(talk, { maxTokens: 6, count: each })).toEqual([system, ...talk.slice(7)]);
    expect(await trimMessages(talk, { maxTokens: 6, count: each, keep: "first" })).toEqual([
      ...talk.slice(0, 3),
      ...talk.slice(7),
    ]);
  });

  it("leaves out steps of the last turn where turns are not enough, its question never", async () => {
    const steps = [
      system,
      user("1"),
      assistant("2"),
      user("3"),
      call("a", "b"),
      result("a"),
      result("b"),
      call("c"),
      result("c"),
    ];
    expect(await trimMessages(steps, { maxTokens: 6, count: each })).toEqual([system, steps[3], steps[7], steps[8]]);
    expect(await trimMessages(steps, { maxTokens: 3, count: each })).toEqual([system, steps[3]]);
    expect(await trimMessages(steps, { maxTokens: 6, count: each, keep: "first" })).toEqual([
      system,
      ...steps.slice(3, 7),
    ]);
  });

  it("leaves out system messages first where it may", async () => {
    expect(await trimMessages(talk, { maxTokens: 8, count: each, keepSystem: false })).toEqual(talk.slice(1));
    expect(await trimMessages(talk, { maxTokens: 1, count: each, keepSystem: false })).toEqual([talk[7]]);
  });

  it("fails where what must stay does not fit", async () => {
    const failure = { kind: "context-window-exceeded", parameter: "messages" };
    await expect(trimMessages(talk, { maxTokens: 1, count: each })).rejects.toMatchObject(failure);
    await expect(trimMessages([user("Hello ".repeat(100))], { maxTokens: 50 })).rejects.toMatchObject(failure);
  });

  it("counts with the tokenizer, tools too, unless it is told how", async () => {
    const long = [user("word ".repeat(100)), assistant("word ".repeat(100)), user("Hi")];
    expect(await trimMessages(long, { maxTokens: 50 })).toEqual([long[2]]);
    const tools = [{ name: "f", description: "word ".repeat(100) }];
    await expect(trimMessages(long, { maxTokens: 50, tools })).rejects.toMatchObject({
      kind: "context-window-exceeded",
    });
  });

  it("asks a few times for a long conversation, not once a message", async () => {
    const long = Array.from({ length: 2000 }, (_, index) => (index % 2 ? assistant("a") : user("b")));
    let asked = 0;
    const kept = await trimMessages(long, { maxTokens: 101, count: (request) => ++asked && each(request) });
    expect(kept).toEqual(long.slice(-100));
    expect(asked).toBeLessThan(15);
  });

  it("refuses options that make no sense, and hands on what the count fails with", async () => {
    for (const maxTokens of [0, -1, Number.NaN])
      await expect(trimMessages(talk, { maxTokens })).rejects.toMatchObject({
        kind: "invalid-request",
        parameter: "maxTokens",
      });
    await expect(trimMessages(talk, { maxTokens: 1, keep: "middle" as never })).rejects.toMatchObject({
      parameter: "keep",
    });
    await expect(trimMessages(talk, { maxTokens: 1, count: () => Promise.reject(new Error("down")) })).rejects.toThrow(
      "down",
    );
  });
});

/** Conversations as they are had: questions, each with steps of calls and results, and an answer. */
const weight = fc.nat({ max: 30 });
let ids = 0;
const step = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.boolean()).map(([calls, apart, repeated]) => {
  const names = Array.from({ length: calls }, () => (repeated ? "same" : `id${ids++}`));
  const unique = repeated ? names.slice(0, 1) : names;
  return [call(...unique), ...(apart ? unique.map((id) => result(id)) : [result(...unique)])];
});
const turn = fc
  .tuple(
    fc.array(weight, { minLength: 1, maxLength: 2 }),
    fc.array(step, { maxLength: 4 }),
    fc.option(weight),
    fc.boolean(),
  )
  .map(([questions, steps, answer, told]) => [
    ...questions.map((tokens) => user(`u ${tokens}`)),
    ...(told ? [{ role: "system", content: "s 2" } as Message] : []),
    ...steps.flat(),
    ...(answer === null ? [] : [assistant(`a ${answer}`)]),
  ]);
const conversation = fc.array(turn, { minLength: 1, maxLength: 8 }).map((turns) => [system, ...turns.flat()]);
const options = fc.record({
  maxTokens: fc.integer({ min: 1, max: 200 }),
  keep: fc.constantFrom("last" as const, "first" as const),
  keepSystem: fc.boolean(),
});

const unanswered = (messages: readonly Message[]) => {
  const open: string[] = [];
  let orphans = 0;
  for (const { role, content } of messages) {
    if (typeof content === "string") continue;
    for (const part of content) {
      if (role === "assistant" && part.type === "tool-call") open.push(part.id);
      if (part.type !== "tool-result") continue;
      const at = open.indexOf(part.toolCallId);
      if (at < 0) orphans++;
      else open.splice(at, 1);
    }
  }
  return { open: open.length, orphans };
};

describe("any conversation", () => {
  it("fits when it is trimmed, in order, with its calls whole, its system messages and its last question", async () => {
    await fc.assert(
      fc.asyncProperty(conversation, options, async (messages, how) => {
        const kept = await trimMessages(messages, { ...how, count }).catch((error) => {
          expect(error).toMatchObject({ kind: "context-window-exceeded" });
          return undefined;
        });
        if (!kept) {
          const question = messages.findLast(({ role }) => role === "user")!;
          const must = [...(how.keepSystem ? messages.filter(({ role }) => role === "system") : []), question];
          expect(count({ messages: must })).toBeGreaterThan(how.maxTokens);
          return;
        }
        expect(count({ messages: kept })).toBeLessThanOrEqual(how.maxTokens);
        const places = kept.map((message) => messages.indexOf(message));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect(new Set(places).size).toBe(kept.length);
        expect(unanswered(kept)).toEqual({ open: 0, orphans: 0 });
        expect(kept).toContain(messages.findLast(({ role }) => role === "user"));
        if (how.keepSystem)
          for (const message of messages) if (message.role === "system") expect(kept).toContain(message);
        expect(kept.find(({ role }) => role !== "system")?.role).toBe("user");
        expect(await trimMessages(kept, { ...how, count })).toBe(kept);
      }),
      { numRuns: 1000 },
    );
  });
});
