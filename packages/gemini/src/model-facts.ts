/** What a model takes, as far as its name tells. */
export interface ModelFacts {
  /** `level`: thinks by a level; `budget`: by a number of tokens; `none`: does not think. */
  thinking: "none" | "budget" | "level";
  /** Thinking can't be turned off. */
  alwaysThinks: boolean;
  /** The levels that it knows. */
  levels: readonly Level[];
  /** The least and the most tokens to think with; less than the least is none at all. */
  budget: readonly [number, number];
  /** Gemini 3 and newer: takes media in a tool's result and a resolution for each image, and wants its signatures back. */
  modern: boolean;
  /** Takes a system instruction. */
  system: boolean;
}

export type Level = "minimal" | "low" | "medium" | "high";

const GRADED: readonly Level[] = ["minimal", "low", "medium", "high"];

const BASE: ModelFacts = {
  thinking: "budget",
  alwaysThinks: false,
  levels: GRADED,
  budget: [0, 24_576],
  modern: false,
  system: true,
};

/**
 * Facts by the model's name, from https://ai.google.dev/gemini-api/docs/thinking and /gemini-3. A Gemini without a number
 * (`gemini-flash-latest`) or newer than this table is taken for one like the newest; a name that says nothing (an endpoint's number) for
 * one that counts tokens, which every thinking model understands.
 */
export function modelFacts(model: string): ModelFacts {
  const gemma = /gemma-(\d+)/.exec(model);
  if (gemma) {
    return Number(gemma[1]) < 4 ? { ...BASE, thinking: "none", system: false } : { ...BASE, thinking: "level" };
  }
  const gemini = /gemini-(?:(\d+)(?:\.(\d+))?)?/.exec(model);
  if (!gemini) return BASE;
  const version = gemini[1] === undefined ? Number.POSITIVE_INFINITY : Number(gemini[1]) * 100 + Number(gemini[2] ?? 0);
  const pro = /-pro/.test(model);
  if (version >= 300) {
    const levels = pro
      ? GRADED.filter((level) => level !== "minimal" && (level !== "medium" || version > 300))
      : GRADED;
    return { ...BASE, thinking: "level", alwaysThinks: pro, levels, budget: [0, pro ? 32_768 : 24_576], modern: true };
  }
  if (version < 205 || /-(image|tts|native-audio|embedding)/.test(model)) return { ...BASE, thinking: "none" };
  if (pro) return { ...BASE, alwaysThinks: true, budget: [128, 32_768] };
  return { ...BASE, budget: [/-lite/.test(model) ? 512 : 0, 24_576] };
}
