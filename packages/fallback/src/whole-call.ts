import { type Attempt, type GenerateResult, LLMError } from "@llmux/core";
import type { CallPath } from "./call-path.js";

interface Answer {
  provider: string;
  model: string;
  attempts?: readonly Attempt[] | undefined;
}

/** Runs a call that answers at once along its path. */
export async function wholeCall(path: CallPath): Promise<unknown> {
  for (;;) {
    try {
      const call = path.backend[path.name] as unknown as (request: object) => Promise<Answer>;
      const answer = await call.call(path.backend, path.targeted());
      if (path.name === "generate" && isWithheld(answer as GenerateResult) && path.hasContentPolicy)
        throw withheld(answer as GenerateResult);
      const { provider, model, attempts } = answer;
      return { ...answer, attempts: path.answered(provider, model, attempts, path.elapsed()) };
    } catch (error) {
      path.advance(error);
    }
  }
}

function isWithheld({ finishReason, content }: GenerateResult): boolean {
  return finishReason?.unified === "content-filter" && content.length === 0;
}

/** The failure that an answer stands for that was filtered before it said anything. */
export function withheld({
  provider,
  model,
  finishReason,
}: Pick<GenerateResult, "provider" | "model" | "finishReason">): LLMError {
  return new LLMError({
    kind: "content-policy",
    message: `The provider withheld the answer (${finishReason.raw ?? finishReason.unified})`,
    provider,
    model,
  });
}
