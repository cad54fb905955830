import { describe, expect, it } from "vitest";
import type { AdapterEvent } from "./adapter-backend.js";
import { collect } from "./collect.js";
import type { AssistantPart } from "./content.js";
import type { StreamEvent } from "./stream-event.js";
import { errorOf, failure, HELLO, hosted, STOP, USAGE } from "./testing/fakes.js";

const CONTENT: AssistantPart[] = [
  { type: "reasoning", text: "Hm, a tool.", signature: "seal", id: "rs_1", providerMetadata: { acme: { a: 1 } } },
  { type: "reasoning", text: "", redacted: "opaque" },
  { type: "text", text: "Looking.", citations: [{ url: "https://x.test" }], providerMetadata: { acme: { b: 2 } } },
  { type: "tool-call", id: "c1", name: "look", input: { at: ["sky"] } },
  { type: "tool-call", id: "c2", name: "look", input: undefined, inputText: "{broken" },
  { type: "provider", provider: "acme", value: { type: "server_tool" } },
  { type: "image", data: "iVBORw0KGgo=", mediaType: "image/png" },
  { type: "refusal", text: "No more." },
];

const EVENTS: AdapterEvent[] = [
  { type: "start", response: { id: "r", headers: { a: "b" } } },
  { type: "reasoning-start", id: "0" },
  { type: "reasoning-delta", id: "0", delta: "Hm, " },
  { type: "reasoning-delta", id: "0", delta: "a tool." },
  { type: "reasoning-end", id: "0", signature: "seal", itemId: "rs_1", providerMetadata: { acme: { a: 1 } } },
  { type: "reasoning-start", id: "1" },
  { type: "reasoning-end", id: "1", redacted: "opaque" },
  { type: "text-start", id: "2" },
  { type: "text-delta", id: "2", delta: "Look" },
  { type: "tool-input-start", id: "c1", name: "look" },
  { type: "tool-input-delta", id: "c1", delta: '{"at":["sky"]}' },
  { type: "text-delta", id: "2", delta: "ing." },
  { type: "text-end", id: "2", citations: [{ url: "https://x.test" }], providerMetadata: { acme: { b: 2 } } },
  { type: "tool-input-end", id: "c1" },
  CONTENT[3] as AdapterEvent,
  CONTENT[4] as AdapterEvent,
  CONTENT[5] as AdapterEvent,
  CONTENT[6] as AdapterEvent,
  { type: "refusal-start", id: "3" },
  { type: "refusal-delta", id: "3", delta: "No more." },
  { type: "refusal-end", id: "3" },
  {
    type: "finish",
    finishReason: STOP,
    usage: USAGE,
    response: { model: "m-1" },
    providerMetadata: { acme: { c: 3 } },
  },
];

const backend = hosted({
  generate: async () => ({
    content: CONTENT,
    finishReason: STOP,
    usage: USAGE,
    response: { id: "r", headers: { a: "b" }, model: "m-1" },
    providerMetadata: { acme: { c: 3 } },
  }),
  async *stream() {
    yield* EVENTS;
  },
});

describe("collect", () => {
  it("gives what generate gives, blocks that overlap included", async () => {
    expect(await collect(backend.stream(HELLO))).toEqual(await backend.generate(HELLO));
  });

  it("tells what had come by the time of a failure, at every event", async () => {
    for (let cut = 0; cut < EVENTS.length; cut++) {
      const broken = hosted({
        async *stream() {
          yield* EVENTS.slice(0, cut);
          throw failure("connection");
        },
      });
      const before = EVENTS.slice(0, cut);
      const deltas = (type: string): string =>
        before.map((event) => (event.type === type ? (event as { delta: string }).delta : "")).join("");
      const error = await errorOf(broken.stream(HELLO));
      expect(error.partial).toEqual({ text: deltas("text-delta"), reasoning: deltas("reasoning-delta") });
      expect(error.kind).toBe("connection");
    }
  });

  it("passes on what is no error of ours as it is", async () => {
    const bug = new TypeError("bug");
    await expect(
      collect(
        (async function* (): AsyncGenerator<StreamEvent> {
          throw bug;
        })(),
      ),
    ).rejects.toBe(bug);
  });

  it("does not take a stream without its finish for a success", async () => {
    const cut = async function* (): AsyncGenerator<StreamEvent> {
      yield { type: "start", provider: "acme", model: "m", warnings: [], response: {} };
    };
    expect(await errorOf(cut())).toMatchObject({ kind: "connection" });
  });
});
