import { afterAll, describe, expect, it } from "vitest";
import { CHECKS } from "../checks.ts";
import { conformance } from "../conformance.ts";
import { ANSWER_MUTANTS } from "./answer-mutants.ts";
import { LACKING_MUTANTS } from "./lacking-mutants.ts";
import { type Mutant, mutantOptions, removeMutants } from "./mutant.ts";
import { REFERENCE_LACKS } from "./reference-options.ts";
import { REQUEST_MUTANTS } from "./request-mutants.ts";

const ALL = [...ANSWER_MUTANTS, ...REQUEST_MUTANTS, ...LACKING_MUTANTS];
afterAll(removeMutants);

describe.concurrent("an adapter that", () => {
  for (const mutant of ALL) {
    it(`${mutant.fault} is caught by ${mutant.caughtBy.join(", ")}`, { timeout: 120_000 }, async () => {
      const checks = conformance(await mutantOptions(mutant));
      for (const id of mutant.caughtBy) {
        const check = checks.find((each) => each.id === id);
        expect(check, id).toMatchObject({ lacking: undefined });
        const failure = await check?.run().then(
          () => undefined,
          (error: Error) => error,
        );
        expect(failure, `${id} passes`).toBeInstanceOf(Error);
        // For the reason that the check is about: no fault of the kit's own, and no impatience.
        const { message, cause } = failure as Error;
        expect(message).toContain("Why it matters");
        expect(cause, String(cause)).not.toBeInstanceOf(ReferenceError);
        expect(message.includes("It still waited"), message).toBe(mutant.hangs === true);
      }
    });
  }
});

describe("every check", () => {
  it("has an adapter that it catches", () => {
    const caught = new Set(ALL.flatMap(({ caughtBy }) => caughtBy));
    expect(CHECKS.flatMap(({ id }) => (caught.has(id) ? [] : [id]))).toEqual([]);
  });

  it("that holds an adapter to what it lacks has one that it catches in that", () => {
    const isLacking = (id: string, { lacks }: Mutant): boolean => {
      const all = { ...REFERENCE_LACKS, ...lacks };
      return CHECKS.find((check) => check.id === id)?.needs?.some((feature) => feature in all) ?? false;
    };
    const told = ALL.flatMap((mutant) => mutant.caughtBy.filter((id) => isLacking(id, mutant)));
    expect(CHECKS.flatMap(({ id, lacking }) => (lacking && !told.includes(id) ? [id] : []))).toEqual([]);
  });

  it("has an id of its own, in kebab-case", () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });
});
