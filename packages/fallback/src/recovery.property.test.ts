import { collect, type GenerateRequest, LLMError, type LLMErrorKind, type StreamEvent } from "@llmux/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { disorder, eventsOf, finish, HI, type Step, scripted, start, text } from "./testing/scripted.js";
import { withFallback } from "./with-fallback.js";

const KINDS: LLMErrorKind[] = ["connection", "timeout", "overloaded", "server", "rate-limit", "malformed-response"];

/** A text whose words are all different, so that what it repeats it repeats on purpose. */
const whole = fc
  .array(fc.constantFrom("sea", "Straße", "日本", "🙂ok", "river", "x"), { minLength: 4, maxLength: 40 })
  .map((words) => words.map((word, index) => `${word}${index}_`).join(" "));

const pieces = (said: string, size: number): string[] => said.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];

it("whatever an answer is cut at, and whatever of it is said again, it is the whole answer once", async () => {
  await fc.assert(
    fc.asyncProperty(
      whole,
      // For each try: after which event it is cut, how much of what was said it repeats, how long its pieces are.
      fc.array(
        fc.tuple(fc.nat(30), fc.oneof(fc.constant(0), fc.integer({ min: 8, max: 60 })), fc.integer({ min: 1, max: 9 })),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      fc.constantFrom(...KINDS),
      fc.boolean(),
      async (full, tries, kind, reasons) => {
        const reasoning: StreamEvent[] = [
          { type: "reasoning-start", id: "r" },
          { type: "reasoning-delta", id: "r", delta: "Hm." },
          { type: "reasoning-end", id: "r" },
        ];
        const scripts = tries.map(([at, repeat, size], index) => ({ messages }: GenerateRequest): Step[] => {
          const said = String(messages[1]?.content ?? "");
          expect(full.startsWith(said)).toBe(true);
          const from = said.length < repeat ? said.length : said.length - repeat;
          const rest = [...(reasons ? reasoning : []), ...text(pieces(full.slice(from), size)), finish()];
          if (index === tries.length - 1) return [start(), ...rest];
          // Only where it can be continued: not in its reasoning.
          const cut = Math.max(reasons ? 3 : 0, Math.min(at, rest.length - 1));
          return [start(), ...rest.slice(0, cut), new LLMError({ kind, message: "cut" })];
        });
        const one = scripted("one", ...scripts);
        const stream = withFallback(one, { recover: { attempts: tries.length } }).stream(HI);
        const { events, error } = await eventsOf(stream);
        expect(error).toBeUndefined();
        expect(disorder(events)).toEqual([]);
        async function* again() {
          yield* events;
        }
        const result = await collect(again());
        expect(result.text).toBe(full);
        expect(result.attempts?.map(({ error }) => error?.kind)).toEqual([
          ...tries.slice(1).map(() => kind),
          undefined,
        ]);
        expect(one.requests).toHaveLength(tries.length);
        expect(one.open).toBe(0);
        // A seam stands where its offset says.
        let offset = 0;
        for (const part of result.content) {
          if (part.type !== "text") continue;
          offset += part.text.length;
          const seam = part.providerMetadata?.llmux?.seam as { offset: number } | undefined;
          if (seam) expect(seam.offset).toBe(offset);
        }
      },
    ),
    { numRuns: 600 },
  );
});
