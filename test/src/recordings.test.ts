import { describe, expect, it } from "vitest";
import { recut } from "./random.ts";
import { recordings, wireBytes } from "./recordings.ts";

describe.each(["openai", "azure", "anthropic", "ollama"])("the recordings of %s", (provider) => {
  const all = recordings(provider);

  it.skipIf(all.length === 0)("have bytes, cut anywhere join to the whole, and most say what they must give", () => {
    for (const recording of all) {
      const bytes = wireBytes(recording);
      if (recording.wire !== "json") expect(bytes.length, recording.id).toBeGreaterThan(0);
      expect(Buffer.compare(Buffer.concat(recut(bytes, 7)), bytes), recording.id).toBe(0);
    }
    const judged = all.filter(({ expected }) => expected !== undefined && expected.kind !== "skip");
    expect(judged.length).toBeGreaterThan(all.length / 2);
  });

  it.skipIf(all.length === 0)("can be had by API", () => {
    const apis = [...new Set(all.map(({ api }) => api))];
    expect(apis.flatMap((api) => recordings(provider, api))).toHaveLength(all.length);
  });
});
