import type { GenerateResult, StreamEvent } from "@llmux/core";
import { expect, it } from "vitest";
import { Renderer } from "./render.js";
import { testIO } from "./testing/test-io.js";

const text = (delta: string): StreamEvent => ({ type: "text-delta", id: "t", delta });
const reasoning = (delta: string): StreamEvent => ({ type: "reasoning-delta", id: "r", delta });

const result: GenerateResult = {
  content: [],
  text: "",
  reasoning: undefined,
  refusal: undefined,
  toolCalls: [],
  output: undefined,
  message: { role: "assistant", content: [] },
  finishReason: { unified: "stop", raw: "stop" },
  usage: { inputTokens: { total: 5, cacheRead: 4, cacheWrite: undefined }, outputTokens: { total: 3, reasoning: 2 } },
  warnings: [],
  provider: "openai",
  model: "gpt-4o",
  response: {},
};

it("shows reasoning dim and apart from the answer, then the tokens", () => {
  const io = testIO({ NO_COLOR: undefined }, { tty: true });
  const renderer = new Renderer(io, { verbose: true });
  for (const event of [reasoning("Let me"), reasoning(" think."), text("Yes"), text(".")]) renderer.event(event);
  renderer.summary(result);
  expect(io.out).toBe("Yes.\n");
  expect(io.err).toMatch(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the terminal's control characters that are looked for
    /^\x1b\[2mLet me\x1b\[22m\x1b\[2m think\.\x1b\[22m\n\n\x1b\[2m5 tokens in \(4 cached\), 3 out \(2 reasoning\) · \d+\.\d s · openai\/gpt-4o\x1b\[22m\n$/,
  );
});

it("says only what must be said where nobody watches", () => {
  const io = testIO();
  const renderer = new Renderer(io, { verbose: false });
  for (const event of [reasoning("Hm."), text("Yes.\n")]) renderer.event(event);
  renderer.summary({
    ...result,
    finishReason: { unified: "length", raw: "length" },
    warnings: [{ type: "dropped", parameter: "topK", message: "topK was left out" }],
  });
  expect(io.out).toBe("Yes.\n");
  expect(io.err).toBe("warning: topK was left out\nwarning: the answer was cut at the token limit\n");
});

it("shows a warning once in a conversation", () => {
  const io = testIO();
  const known = new Set<string>();
  const warnings = [{ type: "other" as const, message: "careful" }];
  for (let turn = 0; turn < 2; turn++) {
    new Renderer(io, { verbose: false, known }).summary({ ...result, warnings: [...warnings, ...warnings] });
  }
  expect(io.err).toBe("warning: careful\n");
});

it("keeps a model from commanding the terminal, but changes nothing in a pipe", () => {
  const hostile = "a\u001b]0;title\u0007b\u001b[2Jc\rd\n\te\u009b1m";
  const terminal = testIO({}, { tty: true });
  new Renderer(terminal, { verbose: true }).event(text(hostile));
  expect(terminal.out).toBe("a]0;titleb[2Jcd\n\te1m");
  const pipe = testIO();
  new Renderer(pipe, { verbose: true }).event(text(hostile));
  expect(pipe.out).toBe(hostile);
});
