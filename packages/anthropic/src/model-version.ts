const NAME =
  /claude-(?:(opus|sonnet|haiku|fable|mythos)-)?(?:(\d)(?:[-.](\d{1,2})(?!\d))?(?!\d))?(?:-(opus|sonnet|haiku))?/;

/** What a model's name says of its age. A Claude without a number is the newest; `undefined`: no Claude. */
export function modelVersion(model: string): { version: number; family: string | undefined } | undefined {
  const match = NAME.exec(model);
  if (!match) return undefined;
  const version = match[2] === undefined ? Number.POSITIVE_INFINITY : Number(match[2]) * 100 + Number(match[3] ?? 0);
  return { version, family: match[1] ?? match[4] };
}

/** Most output tokens of a model, from Anthropic's documentation of models; of a model that is no Claude, what all of them have. */
export function maxOutput(model: string): number {
  const claude = modelVersion(model);
  if (!claude) return 8192;
  const { version, family } = claude;
  if (version < 305) return 4096;
  if (version < 307) return 8192;
  if (family === "opus" && version < 405) return 32_000;
  return version >= 407 || (family === "opus" && version >= 406) ? 128_000 : 64_000;
}
