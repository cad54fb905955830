// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what stands in the adapter's text
import type { Mutant } from "./mutant.js";

const TEXT = 'if (content) parts.push({ type: "text", text: content });';
const STREAMED_TEXT = "if (content) this.#events.text(content);";
const DELTA = 'this.#calls.delta(key, fn?.arguments ?? "");';
const INPUT = "...parseToolInput(fn.arguments)";
const TAKE = "return this.#events.take();";

/** Adapters that read the provider's answers wrongly. */
export const ANSWER_MUTANTS: readonly Mutant[] = [
  {
    fault: "loses the first letter of a text",
    edits: [["from-wire", TEXT, TEXT.replace("text: content", "text: content.slice(1)")]],
    caughtBy: ["generate-text", "generate-one-piece"],
  },
  {
    fault: "loses the first letter of each piece",
    edits: [["from-stream", STREAMED_TEXT, "if (content) this.#events.text(content.slice(1));"]],
    caughtBy: ["stream-text", "stream-one-piece"],
  },
  {
    fault: "puts letters together that came apart",
    edits: [
      ["from-wire", TEXT, TEXT.replace("text: content", "text: content.normalize()")],
      ["from-stream", STREAMED_TEXT, "if (content) this.#events.text(content.normalize());"],
    ],
    caughtBy: ["generate-letters-of-many-bytes", "stream-letters-of-many-bytes"],
  },
  {
    fault: "takes words for the wire",
    edits: [
      ["from-wire", TEXT, TEXT.replace("text: content", 'text: content.replace("data: ", "")')],
      ["from-stream", STREAMED_TEXT, 'if (content) this.#events.text(content.replace("data: ", ""));'],
    ],
    caughtBy: ["generate-text-that-looks-like-the-wire", "stream-text-that-looks-like-the-wire"],
  },
  {
    fault: "makes words of nothing",
    edits: [
      ["from-wire", TEXT, 'parts.push({ type: "text", text: String(content) });'],
      ["from-stream", STREAMED_TEXT, "this.#events.text(String(content));"],
    ],
    caughtBy: ["generate-no-text-at-all", "stream-no-text-at-all"],
  },
  {
    fault: "takes a token limit for a natural end",
    edits: [["from-wire", '["length", "length"]', '["length", "stop"]']],
    caughtBy: ["generate-a-token-limit", "stream-a-token-limit"],
  },
  {
    fault: "takes a filter for a natural end",
    edits: [["from-wire", '["content_filter", "content-filter"]', '["content_filter", "stop"]']],
    caughtBy: ["generate-a-content-filter", "stream-a-content-filter"],
  },
  {
    fault: "takes what it does not know for a natural end",
    edits: [["from-wire", '?? "other"', '?? "stop"']],
    caughtBy: ["generate-another-end", "stream-another-end"],
  },
  {
    fault: "counts 0 where nothing was counted",
    edits: [["from-wire", "total: usage?.prompt_tokens ?? undefined", "total: usage?.prompt_tokens ?? 0"]],
    caughtBy: ["generate-no-usage", "stream-no-usage"],
  },
  {
    fault: "drops the count of cached tokens",
    edits: [["from-wire", "usage?.prompt_tokens_details?.cached_tokens ?? undefined", "undefined"]],
    caughtBy: ["generate-cached-tokens", "stream-cached-tokens"],
  },
  {
    fault: "drops the count of reasoning tokens",
    edits: [["from-wire", "usage?.completion_tokens_details?.reasoning_tokens ?? undefined", "undefined"]],
    caughtBy: ["generate-reasoning-tokens", "stream-reasoning-tokens"],
  },
  {
    fault: "shows reasoning as text",
    edits: [
      ["from-wire", '{ type: "reasoning", text: reasoning_content }', '{ type: "text", text: reasoning_content }'],
      ["from-stream", "this.#events.reasoning(reasoning_content)", "this.#events.text(reasoning_content)"],
    ],
    caughtBy: ["generate-reasoning", "stream-reasoning"],
  },
  {
    fault: "takes a refusal for a natural end",
    edits: [["from-wire", 'refused ? "content-filter" : (FINISH', "(FINISH"]],
    caughtBy: ["generate-a-refusal", "stream-a-refusal"],
  },
  {
    fault: "names every tool alike",
    edits: [
      ["from-wire", "name: fn.name, ", 'name: "tool", '],
      ["from-stream", "this.#calls.start(key, id, fn.name)", 'this.#calls.start(key, id, "tool")'],
    ],
    caughtBy: ["generate-one-tool", "stream-one-tool"],
  },
  {
    fault: "takes an answer that calls a tool for a natural end",
    edits: [["from-wire", '["tool_calls", "tool-calls"]', '["tool_calls", "stop"]']],
    caughtBy: ["generate-text-and-a-tool", "stream-text-and-a-tool"],
  },
  {
    fault: "reads the first call only, and joins those of a stream",
    edits: [
      ["from-wire", "of tool_calls ?? [])", "of (tool_calls ?? []).slice(0, 1))"],
      ["from-stream", "const key = index ?? 0;", "const key = 0;"],
    ],
    caughtBy: ["generate-several-tools", "stream-several-tools"],
  },
  {
    fault: "makes null of no arguments",
    edits: [
      ["from-wire", INPUT, '...parseToolInput(fn.arguments === "{}" ? "null" : fn.arguments)'],
      ["from-stream", DELTA, 'this.#calls.delta(key, (fn?.arguments ?? "").replace("{}", "null"));'],
    ],
    caughtBy: ["generate-a-tool-without-arguments", "stream-a-tool-without-arguments"],
  },
  {
    fault: "takes no arguments for broken ones",
    edits: [
      ["from-wire", INPUT, '...(fn.arguments ? parseToolInput(fn.arguments) : { input: undefined, inputText: "" })'],
      ["from-stream", DELTA, 'this.#calls.delta(key, fn?.arguments || " null");'],
    ],
    caughtBy: ["generate-no-arguments-at-all", "stream-no-arguments-at-all"],
  },
  {
    fault: "mends broken arguments",
    edits: [
      ["from-wire", INPUT, "...parseToolInput(fn.arguments?.replace(/Par$/, 'Par\"}'))"],
      ["from-stream", DELTA, 'this.#calls.delta(key, fn?.arguments?.replace(/Par$/, \'Par"}\') ?? "");'],
    ],
    caughtBy: ["generate-broken-arguments", "stream-broken-arguments"],
  },
  {
    fault: "loses the spaces of arguments",
    edits: [
      ["from-wire", INPUT, '...parseToolInput(fn.arguments?.replace(" ", ""))'],
      ["from-stream", DELTA, 'this.#calls.delta(key, fn?.arguments?.trim() ?? "");'],
    ],
    caughtBy: ["generate-arguments-in-pieces-of-one-letter", "stream-arguments-in-pieces-of-one-letter"],
  },
  {
    fault: "makes up the ids of calls",
    edits: [
      ["from-wire", 'type: "tool-call", id,', 'type: "tool-call", id: `x${id}`,'],
      ["from-stream", "this.#calls.start(key, id, fn.name)", "this.#calls.start(key, `x${id}`, fn.name)"],
    ],
    caughtBy: ["tool-call-id"],
  },
  {
    fault: "begins a stream with its words",
    edits: [["backend", 'yield { type: "start", response: factsOf(response) };', ""]],
    caughtBy: ["events-start-finish"],
  },
  {
    fault: "closes no text",
    edits: [["from-stream", TAKE, TAKE.replace(";", '.filter(({ type }) => type !== "text-end");')]],
    caughtBy: ["events-blocks"],
  },
  {
    fault: "gives reasoning and text one id",
    edits: [
      [
        "from-stream",
        TAKE,
        TAKE.replace(";", '.map((event) => (/^(text|reasoning)-/.test(event.type) ? { ...event, id: "0" } : event));'),
      ],
    ],
    caughtBy: ["events-ids"],
  },
  {
    fault: "hands over the whole call before its arguments end",
    edits: [
      [
        "from-stream",
        TAKE,
        TAKE.replace(";", '.toSorted((a, b) => (b.type === "tool-call") - (a.type === "tool-call"));'),
      ],
    ],
    caughtBy: ["events-tool-input"],
  },
  {
    fault: "saves up the stream",
    hangs: true,
    edits: [["backend", "yield reader.take();", "if (reader.done) yield reader.take();"]],
    caughtBy: ["stream-is-live"],
  },
  {
    fault: "decodes each piece by itself",
    edits: [
      [
        "backend",
        "readServerSentEvents(response.body)",
        "readServerSentEvents(response.body.pipeThrough(new TransformStream({ transform: (bytes, out) => out.enqueue(Buffer.from(Buffer.from(bytes).toString())) })))",
      ],
    ],
    caughtBy: ["recut"],
  },
  {
    fault: "makes up an end where there is none",
    edits: [
      [
        "backend",
        "// Core makes an error of a stream that ends without a finish.",
        'reader.push("[DONE]"); yield reader.take();',
      ],
    ],
    caughtBy: ["cut-never-success"],
  },
  {
    fault: "takes what it can't read for an empty answer",
    edits: [
      [
        "errors",
        "throw error instanceof LLMError ? error : malformed(text);",
        'if (error instanceof LLMError) throw error; return { content: [], finishReason: { unified: "stop" }, usage: { inputTokens: {}, outputTokens: {} }, response: {} };',
      ],
    ],
    caughtBy: ["html-page", "garbage-json", "empty-body"],
  },
  {
    fault: "takes an error for an empty answer",
    edits: [
      [
        "from-wire",
        "if (answer.error) throw errorFromObject(answer.error);",
        "if (answer.error) answer.choices = [{ message: {} }];",
      ],
    ],
    caughtBy: ["error-under-200"],
  },
  {
    fault: "hands on null for a count",
    edits: [["from-wire", "total: usage?.prompt_tokens ?? undefined", "total: usage?.prompt_tokens"]],
    caughtBy: ["null-fields"],
  },
  {
    fault: "crashes over a value of another type",
    edits: [
      [
        "from-stream",
        "else reading(data, () => this.#read(JSON.parse(data) as WireAnswer, data));",
        "else this.#read(JSON.parse(data), data);",
      ],
    ],
    caughtBy: ["wrong-types"],
  },
  {
    fault: "copies whatever the answer holds into its own objects",
    edits: [
      ["from-wire", "const answer = JSON.parse(text) as WireAnswer;", "const answer = merge({}, JSON.parse(text));"],
      [
        "from-wire",
        "/** What a whole answer means.",
        'function merge(to, from) { for (const key in from) Reflect.set(to, key, typeof from[key] === "object" && from[key] ? merge(to[key] ?? (Array.isArray(from[key]) ? [] : {}), from[key]) : from[key]); return to; }\n/** What a whole answer means.',
      ],
    ],
    caughtBy: ["prototype-keys"],
  },
  {
    fault: "crashes over bytes that are no text",
    edits: [
      [
        "backend",
        "fromAnswer(await response.text())",
        'fromAnswer(new TextDecoder("utf-8", { fatal: true }).decode(await response.arrayBuffer()))',
      ],
    ],
    caughtBy: ["invalid-utf8"],
  },
  {
    fault: "writes again what it can't read, however deep",
    edits: [
      [
        "errors",
        "message: `Not an answer: ${text.slice(0, 100)}`",
        "message: `Not an answer: ${JSON.stringify(/^[[]/.test(text) ? JSON.parse(text) : text)}`",
      ],
    ],
    caughtBy: ["deep-json"],
  },
  {
    fault: "reads a stream to its end before it looks at it",
    edits: [["backend", "readServerSentEvents(response.body)", "readServerSentEvents([await response.text()])"]],
    caughtBy: ["huge-frame"],
  },
];
