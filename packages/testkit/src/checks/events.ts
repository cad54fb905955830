import assert from "node:assert/strict";
import type { StreamEvent } from "@llmux/core";
import type { Check } from "../check.js";
import type { Kit } from "../kit.js";
import { TEXT } from "../scenarios.js";
import { requestOf, scenariosFor } from "./results.js";

const NEEDS = ["stream"] as const;

/** What a user interface that shows a stream builds on. */
export const EVENT_CHECKS: readonly Check[] = [
  {
    id: "events-start-finish",
    title: "a stream begins with its one start and ends with its one finish",
    why: "a listener sets up on the first event and sums up on the last",
    needs: NEEDS,
    run: (kit) =>
      eachStream(kit, (events) => {
        const types = events.map(({ type }) => type);
        assert.deepEqual([types[0], types.at(-1)], ["start", "finish"], "the first and the last event");
        assert.equal(types.filter((type) => type === "start").length, 1, "events of type start");
        assert.equal(types.filter((type) => type === "finish").length, 1, "events of type finish");
      }),
  },
  {
    id: "events-blocks",
    title: "every block has a start, deltas and an end under one id",
    why: "a view opens a block on its start and closes it on its end; a delta without one has nowhere to go",
    needs: NEEDS,
    run: (kit) => eachStream(kit, nests),
  },
  {
    id: "events-ids",
    title: "no two blocks share an id",
    why: "the words of one would be shown in the other",
    needs: NEEDS,
    run: (kit) =>
      eachStream(kit, (events) => {
        const ids = events.flatMap((event) => (/-start$/.test(event.type) ? [(event as { id: string }).id] : []));
        assert.equal(new Set(ids).size, ids.length, `ids: ${ids.join(", ")}`);
        for (const id of ids) assert.ok(typeof id === "string" && id !== "", "an id must be a text");
      }),
  },
  {
    id: "events-tool-input",
    title: "the pieces of a tool's arguments are followed by the whole call, under the same id",
    why: "who shows the arguments as they come and who waits for the call must agree on which call it is",
    needs: ["stream", "tools"],
    run: (kit) => eachStream(kit, toolInputs),
  },
  {
    id: "stream-is-live",
    title: "what has come is handed over before the rest comes",
    why: "a stream that is saved up to its end is no stream",
    needs: NEEDS,
    async run(kit) {
      kit.stallsHalfway(TEXT);
      for await (const event of kit.backend.stream(kit.request())) if (event.type === "text-delta") return;
      assert.fail("the stream ended without a word");
    },
  },
];

async function eachStream(kit: Kit, holds: (events: readonly StreamEvent[]) => void): Promise<void> {
  for (const scenario of scenariosFor(kit)) {
    kit.replies(scenario.reply);
    const events: StreamEvent[] = [];
    for await (const event of kit.backend.stream(requestOf(kit, scenario))) events.push(event);
    try {
      holds(events);
    } catch (error) {
      throw new Error(`${scenario.name}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function nests(events: readonly StreamEvent[]): void {
  const open = new Map<string, string>();
  for (const event of events) {
    const [, kind, step] = /^(text|reasoning|refusal|tool-input)-(start|delta|end)$/.exec(event.type) ?? [];
    if (!kind) continue;
    const { id } = event as { id: string };
    if (step === "start") {
      assert.ok(!open.has(id), `${event.type} for ${id}, which is open`);
      open.set(id, kind);
      continue;
    }
    assert.equal(open.get(id), kind, `${event.type} for ${id}, which is not open`);
    if (step === "end") open.delete(id);
    else assert.equal(typeof (event as { delta: unknown }).delta, "string", `${event.type} holds no text`);
  }
  assert.deepEqual([...open.keys()], [], "blocks without an end");
}

function toolInputs(events: readonly StreamEvent[]): void {
  const streamed = new Map<string, { name: string; text: string; ended: boolean }>();
  for (const event of events) {
    if (event.type === "tool-input-start") streamed.set(event.id, { name: event.name, text: "", ended: false });
    else if (event.type === "tool-input-delta") (streamed.get(event.id) ?? { text: "" }).text += event.delta;
    else if (event.type === "tool-input-end") (streamed.get(event.id) ?? { ended: false }).ended = true;
    else if (event.type === "tool-call") {
      const { id, name } = event;
      const input = streamed.get(id);
      // A call that came whole need not be taken apart.
      if (!input) continue;
      streamed.delete(id);
      assert.ok(input.ended, `the call ${id} comes before the end of its arguments`);
      assert.equal(name, input.name, "the tool's name");
      const said = event.inputText ?? JSON.stringify(event.input);
      assert.equal(said, compact(input.text), "the call's arguments and those that were streamed");
    }
  }
  assert.deepEqual([...streamed.keys()], [], "arguments without a call that follows them");
}

function compact(text: string): string {
  try {
    return JSON.stringify(text === "" ? {} : JSON.parse(text));
  } catch {
    return text;
  }
}
