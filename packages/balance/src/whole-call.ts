import type { Attempt, Cost, LLMBackend, OptionalCall, ResponseInfo } from "@llmux/core";
import type { CallRequest } from "./deployment.js";
import type { Group } from "./group.js";
import type { Answered } from "./member.js";
import { Race, type Runner } from "./race.js";
import { attemptsOf, type Try } from "./try.js";

/** What answers of some calls have. */
interface Facts {
  attempts?: readonly Attempt[] | undefined;
  cost?: Cost | undefined;
  cachedAt?: Date | undefined;
  response?: ResponseInfo | undefined;
  usage?: { inputTokens?: Count | undefined; outputTokens?: Count | undefined } | undefined;
}

interface Count {
  total: number | undefined;
}

/** What of an answer its deployment is remembered by. */
export function factsOf({ cost, response, usage, cachedAt }: Facts): Answered {
  const input = usage?.inputTokens?.total;
  const output = usage?.outputTokens?.total;
  const tokens = input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
  return { headers: response?.headers, cost: cachedAt ? undefined : cost?.total, tokens };
}

/** Makes a call that answers at once. */
export async function wholeCall<T>(group: Group, call: "generate" | OptionalCall, request: CallRequest): Promise<T> {
  const runner: Runner<T> = {
    start: (inner, { member }: Try) => {
      const { backend } = member.deployment;
      return (backend[call] as (request: CallRequest) => Promise<unknown>).call(
        backend as LLMBackend,
        inner,
      ) as Promise<T>;
    },
    attempts: (value) => (value as Facts | undefined)?.attempts,
    drop: (value) => (value as Facts | undefined)?.cost?.total,
  };
  const { value, winner, tries } = await new Race(group, call, request, runner).run();
  winner.member.learn(factsOf(value as Facts), Date.now());
  winner.release();
  // The other answers of the contract have no place for it.
  return call === "generate" || call === "embed" ? { ...value, attempts: attemptsOf(tries) } : value;
}
