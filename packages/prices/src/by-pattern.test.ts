import { expect, it } from "vitest";
import { ByPattern } from "./by-pattern.js";

it("prefers an exact name to a pattern, and a longer pattern to a shorter one", () => {
  const names = new ByPattern({ "*": 0, "a/*": 1, "a/b*": 2, "a/bc": 3, "a/*.d": 4, "a/(x)+": 5 });
  const cases = { z: 0, "a/": 1, "a/b": 2, "a/bc": 3, "a/x.d": 4, "a/xyd": 1, "a/(x)+": 5, "a/xx": 1, "a/b/c\n": 2 };
  for (const [name, value] of Object.entries(cases)) expect([name, names.get(name)]).toEqual([name, value]);
  expect(new ByPattern({ "a/*": 1 }).get("b/a/c")).toBeUndefined();
});
