import { expect, it } from "vitest";
import { customIdOf, indexOf, type Submission } from "./submission.js";

const submission: Submission = { id: "0123456789abcdef0123456789abcdef", at: 0, count: 100_000 };

it("makes custom ids that both providers take, and reads its own", () => {
  const customId = customIdOf(submission, 99_999);
  expect(customId).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  expect(indexOf(customId, submission)).toBe(99_999);
});

it("reads none of another submission, and none that it never made", () => {
  for (const strange of [
    "",
    "x",
    `${submission.id}`,
    `${submission.id}-`,
    `${submission.id}-1e3`,
    `${submission.id}-100000`,
  ])
    expect(indexOf(strange, submission)).toBeUndefined();
  expect(indexOf(customIdOf({ ...submission, id: "f".repeat(32) }, 1), submission)).toBeUndefined();
});
