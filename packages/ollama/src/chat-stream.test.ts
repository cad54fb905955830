import { collect } from "@llmux/core";
import { recut } from "@llmux/test-support";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ollama } from "./index.js";

const toolCall = fc.record({
  function: fc.record({ name: fc.string({ minLength: 1 }), arguments: fc.dictionary(fc.string(), fc.jsonValue()) }),
});
const reply = fc.record({
  thinking: fc.array(fc.string({ unit: "grapheme" })),
  content: fc.array(fc.string({ unit: "grapheme" })),
  tool_calls: fc.array(toolCall),
  done_reason: fc.constantFrom("stop", "length", "load", undefined),
  eval_count: fc.option(fc.nat(), { nil: undefined }),
});

function bodyOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece as Uint8Array<ArrayBuffer>);
      controller.close();
    },
  });
}

it("a stream, in whatever pieces it comes, gives what the whole answer gives", async () => {
  await fc.assert(
    fc.asyncProperty(reply, fc.integer(), async ({ thinking, content, tool_calls, ...rest }, seed) => {
      const messages = [
        ...thinking.map((piece) => ({ content: "", thinking: piece })),
        ...content.map((piece) => ({ content: piece })),
        ...tool_calls.map((call) => ({ content: "", tool_calls: [call] })),
      ];
      const last = { model: "m", done: true, ...rest };
      const lines = [...messages.map((message) => ({ model: "m", message, done: false })), last];
      const streamed = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      const message = { content: content.join(""), thinking: thinking.join(""), tool_calls };
      const whole = JSON.stringify({ ...last, message });
      // No socket: it could not be made to deliver just these pieces.
      const fetch = async (_: unknown, init?: RequestInit): Promise<Response> =>
        (JSON.parse(String(init?.body)) as { stream: boolean }).stream
          ? new Response(bodyOf(recut(new TextEncoder().encode(streamed), seed)))
          : new Response(whole);
      const backend = ollama({ fetch: fetch as typeof globalThis.fetch }).createBackend();
      const request = { model: "m", messages: [{ role: "user" as const, content: "Hello" }] };
      const { response: direct, ...expected } = await backend.generate(request);
      const { response, ...result } = await collect(backend.stream(request));
      expect(result).toEqual(expected);
      expect(response.model).toBe(direct.model);
    }),
    { numRuns: 200 },
  );
});
