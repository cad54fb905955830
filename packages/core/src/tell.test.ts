import { expect, it, vi } from "vitest";
import { tell } from "./tell.js";

it("tells a listener, if there is one, and lets nothing come of what it throws", () => {
  const listener = vi.fn(() => {
    throw new Error("a bug");
  });
  tell(listener, "news");
  expect(listener).toHaveBeenCalledExactlyOnceWith("news");
  tell(undefined, "news");
});
