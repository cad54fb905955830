// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what stands in the adapter's text
import type { Feature } from "../feature.js";
import type { Mutant } from "./mutant.js";

/** What the reference adapter can do, declared as lacking: by feature, the checks that tell. */
const STALE: Readonly<Partial<Record<Feature, readonly string[]>>> = {
  tools: ["tools-sent"],
  "tool-choice": ["tool-choice"],
  "structured-output": ["structured-output"],
  "json-mode": ["json-mode"],
  seed: ["parameter-seed"],
  "stop-sequences": ["parameter-stop-sequences"],
  penalties: ["parameter-frequency-penalty", "parameter-presence-penalty"],
  "reasoning-effort": ["parameter-reasoning-effort"],
  "image-bytes": ["image-bytes"],
  "image-url": ["image-url"],
  "file-bytes": ["file-bytes"],
  audio: ["audio-bytes"],
  "reasoning-handback": ["reasoning-handback"],
  embeddings: ["embeddings"],
  "embedding-usage": ["embedding-usage"],
  dimensions: ["dimensions"],
  "list-models": ["list-models"],
};

/** Adapters whose authors declare what is not so. */
export const LACKING_MUTANTS: readonly Mutant[] = [
  ...Object.entries(STALE).map(
    ([feature, caughtBy]): Mutant => ({
      fault: `is declared as lacking what it can do: ${feature}`,
      lacks: { [feature]: "so its author says" },
      caughtBy,
    }),
  ),
  {
    fault: "drops the words of a tool that failed",
    edits: [["to-wire", "return isError ? `The tool failed: ${text}` : text;", 'return isError ? "" : text;']],
    lacks: { "tool-errors": "there is no field for it" },
    caughtBy: ["tool-errors"],
  },
];
