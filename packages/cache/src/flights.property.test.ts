import { collect, type GenerateRequest, type GenerateResult, isLLMError } from "@llmux/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { delta, END, paced, START, settle } from "./testing/paced.js";
import { withCache } from "./with-cache.js";

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Why?" }] };

interface Reader {
  call: "generate" | "stream" | "loop";
  /** How many pieces have come when it begins. */
  from: number;
  /** How many have come when it leaves, where it does: by its signal, or a loop by leaving. */
  until: number | undefined;
}

const pieces = 4;
const reader: fc.Arbitrary<Reader> = fc.record({
  call: fc.constantFrom("generate", "stream", "loop"),
  from: fc.nat({ max: pieces - 1 }),
  until: fc.option(fc.nat({ max: pieces + 1 }), { nil: undefined }),
});

/** Begins to read; what it gives is the text, or why there is none. */
function begin(llm: ReturnType<typeof withCache>, { call, from, until }: Reader) {
  const controller = new AbortController();
  const asked = until === undefined ? request : { ...request, signal: controller.signal };
  let leave = (): unknown => controller.abort();
  let result: Promise<GenerateResult>;
  if (call === "generate") result = llm.generate(asked);
  else if (call === "stream") result = collect(llm.stream(asked));
  else {
    const iterator = llm.stream(request)[Symbol.asyncIterator]();
    leave = () => iterator.return?.();
    result = collect({ [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) });
  }
  const outcome = result.then(
    (answer) => ({ answer, error: undefined }),
    (error: unknown) => ({ answer: undefined, error }),
  );
  return { from, until, leave, outcome, left: false };
}

it("whoever stays has the whole answer, one of them pays, and nobody's leaving ends it for the others", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(reader, { minLength: 1, maxLength: 6 }), async (plans) => {
      const backend = paced();
      const llm = withCache(backend);
      const readers: ReturnType<typeof begin>[] = [];
      const steps = [[START, { type: "text-start" as const, id: "0" }], [delta("a")], [delta("b")], [delta("c")], END];
      for (let time = 0; time < steps.length; time++) {
        for (const plan of plans) if (plan.from === time) readers.push(begin(llm, plan));
        await settle();
        for (const each of readers) {
          if (each.until !== time || each.left) continue;
          each.left = true;
          await each.leave();
        }
        await settle();
        const staying = readers.filter(({ left }) => !left).length;
        // Every call but the last was given up by all.
        for (const [at, { ended }] of backend.calls.entries())
          expect(ended).toBe(at < backend.calls.length - 1 || staying === 0);
        const current = backend.calls.at(-1);
        if (!current || current.ended) continue;
        const begun = starts.get(current) ?? time;
        starts.set(current, begun);
        for (const event of steps.slice(begun === time ? 0 : time, time + 1).flat()) current.give(event);
        await settle();
      }
      const outcomes = await Promise.all(readers.map(async (each) => ({ ...each, ...(await each.outcome) })));
      const stayed = outcomes.filter(({ left }) => !left);
      for (const { answer } of stayed) expect(answer?.text).toBe("abc");
      for (const { answer, error } of outcomes)
        if (!answer) expect(isLLMError(error, "aborted", "connection")).toBe(true);
      const paid = outcomes.filter(({ answer }) => answer && !answer.cachedAt);
      expect(paid.length).toBeLessThanOrEqual(1);
      if (stayed.length > 0) expect(paid.length).toBe(1);
    }),
    { numRuns: 300 },
  );
});

/** At which step each call began. */
const starts = new WeakMap<object, number>();
