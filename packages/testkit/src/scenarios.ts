import type { Feature } from "./feature.js";
import type { Reply, ReplyPart } from "./reply.js";

/** A reply that any adapter must read alike, whole and as a stream. */
export interface Scenario {
  name: string;
  needs?: readonly Feature[];
  reply: Reply;
  /** Whether tools are handed in. */
  tools?: boolean;
}

const USAGE = { input: 21, output: 13 };

export const TEXT: Reply = {
  parts: [{ type: "text", pieces: ["The sky", " is", " blue", ", for it scatters", "."] }],
  finish: "stop",
  usage: USAGE,
};

/** As short as a reply can be, for checks that ask for it very often. */
export const SHORT: Reply = { parts: [{ type: "text", pieces: ["Hi"] }], finish: "stop", usage: USAGE };

export const call = (id: string, name: string, ...pieces: string[]): ReplyPart => ({
  type: "tool-call",
  id,
  name,
  pieces,
});

export const SCENARIOS: readonly Scenario[] = [
  { name: "text", reply: TEXT },
  { name: "one piece", reply: { ...TEXT, parts: [{ type: "text", pieces: ["Blue."] }] } },
  {
    name: "letters of many bytes",
    reply: {
      ...TEXT,
      parts: [{ type: "text", pieces: ["Grüße, ", "世界", " 👩‍👩‍👧‍👦", "\u0000\u2028\u2029 e\u0301"] }],
    },
  },
  {
    name: "text that looks like the wire",
    reply: { ...TEXT, parts: [{ type: "text", pieces: ["data: [DONE]\n\n", 'event: x\r\n{"a":', "}"] }] },
  },
  { name: "no text at all", reply: { ...TEXT, parts: [] } },
  { name: "a token limit", reply: { ...TEXT, finish: "length" } },
  { name: "a content filter", reply: { ...TEXT, finish: "content-filter" } },
  { name: "another end", reply: { ...TEXT, finish: "other" } },
  { name: "no usage", reply: { ...TEXT, usage: undefined } },
  {
    name: "cached tokens",
    needs: ["cache-usage"],
    reply: { ...TEXT, usage: { input: 1000, cacheRead: 900, output: 7 } },
  },
  {
    name: "reasoning tokens",
    needs: ["reasoning-usage"],
    reply: { ...TEXT, usage: { input: 21, output: 113, reasoning: 100 } },
  },
  {
    name: "reasoning",
    needs: ["reasoning"],
    reply: { ...TEXT, parts: [{ type: "reasoning", pieces: ["Light", " scatters", "."] }, ...TEXT.parts] },
  },
  {
    name: "a refusal",
    needs: ["refusal"],
    reply: { ...TEXT, finish: "content-filter", parts: [{ type: "refusal", pieces: ["I can't", " help."] }] },
  },
  {
    name: "one tool",
    needs: ["tools"],
    tools: true,
    reply: { ...TEXT, finish: "tool-calls", parts: [call("call_1", "get_weather", '{"city":', '"Par', 'is"}')] },
  },
  {
    name: "text and a tool",
    needs: ["tools"],
    tools: true,
    reply: { ...TEXT, finish: "tool-calls", parts: [...TEXT.parts, call("call_1", "get_weather", '{"city":"Paris"}')] },
  },
  {
    name: "several tools",
    needs: ["tools", "parallel-tools"],
    tools: true,
    reply: {
      ...TEXT,
      finish: "tool-calls",
      parts: [
        call("call_1", "get_weather", '{"city":"Paris"}'),
        call("call_2", "get_weather", '{"city":', '"Rome"}'),
        call("call_3", "get_time", '{"zone":"CET"}'),
      ],
    },
  },
  {
    name: "a tool without arguments",
    needs: ["tools"],
    tools: true,
    reply: { ...TEXT, finish: "tool-calls", parts: [call("call_1", "get_time", "{}")] },
  },
  {
    name: "no arguments at all",
    needs: ["tools", "tool-input-text"],
    tools: true,
    reply: { ...TEXT, finish: "tool-calls", parts: [call("call_1", "get_time")] },
  },
  {
    name: "broken arguments",
    needs: ["tools", "tool-input-text"],
    tools: true,
    reply: { ...TEXT, finish: "tool-calls", parts: [call("call_1", "get_weather", '{"city":', ' "Par')] },
  },
  {
    name: "arguments in pieces of one letter",
    needs: ["tools"],
    tools: true,
    reply: {
      ...TEXT,
      finish: "tool-calls",
      parts: [call("call_1", "get_weather", ...'{"city":"Zürich 👋","days":[1,2],"deep":{"a":null}}')],
    },
  },
];
