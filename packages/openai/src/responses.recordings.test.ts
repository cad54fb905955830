import { collect, type GenerateResult, type StreamEvent } from "@llmux/core";
import { type AdapterEvent, type AdapterResult, isLLMError, LLMError, readServerSentEvents } from "@llmux/core/adapter";
import { mismatches, outcomeOf, type Recording, random, recordings, recut, wireBytes } from "@llmux/test-support";
import type { Response } from "openai/resources/responses/responses";
import { describe, expect, it } from "vitest";
import { fromResponses } from "./from-responses.js";
import { ResponsesDecoder } from "./responses-stream.js";

const all = ["openai", "azure", "openrouter", "openai-compatible", "xai", "deepseek", "bedrock-mantle"].flatMap(
  (provider) => recordings(provider, "responses"),
);
const successes = all.filter(({ response }) => response.status === 200);
const streams = successes.filter(({ wire }) => wire === "sse");
const bodies = successes.filter(({ wire }) => wire === "json");

/** The backend's loop, without the HTTP. */
async function* decode(pieces: Iterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  yield { type: "start", provider: "openai", model: "m", warnings: [], response: {} };
  const decoder = new ResponsesDecoder({ provider: "openai" });
  for await (const batch of readServerSentEvents(pieces)) {
    try {
      for (const { data } of batch) decoder.push(data);
    } finally {
      yield* decoder.take() as StreamEvent[];
    }
  }
  decoder.end();
}

/** The same, with all that does not depend on the framing. */
async function gather(pieces: Iterable<Uint8Array>): Promise<AdapterEvent[]> {
  const events: AdapterEvent[] = [];
  for await (const event of decode(pieces)) events.push(event as AdapterEvent);
  return events;
}

async function* of(result: AdapterResult): AsyncGenerator<StreamEvent> {
  yield { type: "start", provider: "openai", model: "m", warnings: [], response: {} };
  for (const part of result.content) {
    if (part.type === "text" || part.type === "reasoning" || part.type === "refusal") {
      const { type, text, id, ...facts } = part as typeof part & { id?: string };
      yield { type: `${type}-start`, id: "x" } as StreamEvent;
      yield { type: `${type}-delta`, id: "x", delta: text } as StreamEvent;
      yield { type: `${type}-end`, id: "x", ...(id !== undefined && { itemId: id }), ...facts } as StreamEvent;
    } else yield part as StreamEvent;
  }
  const { finishReason, usage, response, providerMetadata } = result;
  yield { type: "finish", finishReason, usage, response, ...(providerMetadata && { providerMetadata }) };
}

/** The response that ends a stream, if any does. */
function finalResponse(recording: Recording): Response | undefined {
  for (const chunk of recording.response.chunks ?? []) {
    const data = /^data: ?(\{"type":"response\.(?:completed|incomplete)".*)$/m.exec(chunk)?.[1];
    if (data) return (JSON.parse(data) as { response: Response }).response;
    const other = /^data: ?(\{.*"type":"response\.(?:completed|incomplete)".*)$/m.exec(chunk)?.[1];
    if (other) {
      const event = JSON.parse(other) as { type: string; response: Response };
      if (/^response\.(completed|incomplete)$/.test(event.type)) return event.response;
    }
  }
  return undefined;
}

/** Without what the provider itself says anew in each event: Azure's seal on the reasoning, OpenRouter's temporary ids. */
function settled(result: GenerateResult): unknown {
  return JSON.parse(
    JSON.stringify(result, (key, value: unknown) =>
      key === "redacted" || (key === "id" && String(value).startsWith("rs_tmp_")) ? "…" : value,
    ),
  );
}

describe("recorded responses", () => {
  it.each(bodies.filter(({ expected }) => expected?.kind !== "skip"))(
    "$id gives what is expected of it",
    async (recording) => {
      const run = (async () =>
        collect(of(fromResponses(recording.response.body as Response, { provider: "openai" }))))();
      expect(mismatches(await outcomeOf(run), recording.expected!)).toEqual([]);
    },
  );

  it("gives a response that is still queued as such, with the id to ask for it again", () => {
    const queued = bodies.find(({ id }) => id === "openai__text__06");
    if (!queued) return;
    const result = fromResponses(queued.response.body as Response, { provider: "openai" });
    expect(result.finishReason).toEqual({ unified: "other", raw: "queued" });
    expect(result.content).toEqual([]);
    expect(result.response.id).toMatch(/^resp_/);
  });
});

describe("recorded streams", () => {
  it.each(streams.filter(({ expected }) => expected?.kind !== "skip"))(
    "$id gives what is expected of it",
    async (recording) => {
      expect(mismatches(await outcomeOf(decode([wireBytes(recording)])), recording.expected!)).toEqual([]);
    },
  );

  it.each(streams.filter(({ expected }) => expected?.kind === "result"))(
    "$id gives the same events however it is cut",
    async (recording) => {
      const bytes = wireBytes(recording);
      const whole = await gather([bytes]);
      for (const seed of [1, 2, 3]) expect(await gather(recut(bytes, seed))).toEqual(whole);
    },
  );

  it.each(streams.filter((recording) => recording.expected?.kind === "result" && finalResponse(recording)))(
    "$id gives what its final response gives",
    async (recording) => {
      const streamed = await collect(decode([wireBytes(recording)]));
      const final = await collect(of(fromResponses(finalResponse(recording) as Response, { provider: "openai" })));
      expect(settled(streamed)).toEqual(settled(final));
    },
  );

  const representative = [
    "openai__tools-stream__10",
    "azure__reasoning_tools-stream__01",
    "openai__refusal-stream__04",
    "openai__server-tools-stream__03",
    "openai__text-stream__07",
    "openai__max-tokens-stream__04",
  ];

  it.each(streams.filter(({ id }) => representative.includes(id)))(
    "$id is an error wherever it is cut short of its end",
    {
      timeout: 30_000,
    },
    async (recording) => {
      const bytes = wireBytes(recording);
      const whole = await collect(decode([bytes]));
      let errors = 0;
      let results = 0;
      for (let length = 0; length <= bytes.length; length++) {
        try {
          const result = await collect(decode([bytes.subarray(0, length)]));
          results++;
          expect(result).toEqual(whole);
        } catch (error) {
          if (!isLLMError(error)) throw error;
          errors++;
          expect(error.kind).toBe("connection");
          expect(whole.text.startsWith(error.partial?.text ?? "")).toBe(true);
        }
      }
      expect(errors).toBeGreaterThan(bytes.length / 2);
      expect(results).toBeGreaterThan(0);
    },
  );

  it("is an error wherever any of them is cut, sampled", { timeout: 30_000 }, async () => {
    const next = random(7);
    for (const recording of streams.filter(({ expected }) => expected?.kind === "result")) {
      const bytes = wireBytes(recording);
      const whole = await collect(decode([bytes]));
      for (let sample = 0; sample < 20; sample++) {
        const cut = bytes.subarray(0, Math.floor(next() * bytes.length));
        const outcome = await outcomeOf(decode([cut]));
        if (outcome.kind === "result") expect(outcome.result, `${recording.id} at ${cut.length}`).toEqual(whole);
        else expect(outcome.error).toBeInstanceOf(LLMError);
      }
    }
  });
});
