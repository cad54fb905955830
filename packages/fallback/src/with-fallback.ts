import {
  deferStream,
  defineMiddleware,
  type GenerateRequest,
  type LLMBackend,
  type MiddlewareParts,
  OPTIONAL_CALLS,
  type StreamEvent,
  type Wrapped,
  withTotalTimeout,
} from "@llmux/core";
import { type CallName, CallPath, type PathLists } from "./call-path.js";
import { openFirst } from "./opened-stream.js";
import type { FallbackOptions } from "./options.js";
import { PathStream } from "./path-stream.js";
import { type Policy, toPolicy } from "./policy.js";
import { RecoveringStream } from "./recovering-stream.js";
import type { CallRequest } from "./target.js";
import { wholeCall } from "./whole-call.js";

/**
 * Asks another model or backend where one fails: those of the list that the kind of the failure leads to, in their order. A stream goes elsewhere only
 * before its first content; one that is cut after it fails, or with `recover` is continued.
 *
 * The answer's `attempts` tell the path that it took, and so do those of the error that is thrown when all have failed, which is that of the
 * last. A request's `timeout.total` spans all tries, its other limits hold for each.
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function withFallback<B extends LLMBackend>(backend: B, options: FallbackOptions): Wrapped<B> {
  const policy = toPolicy(options);
  const falling = defineMiddleware({
    generate: (request, next) =>
      wholeCall(new CallPath(policy, "generate", request, next, listsOf(policy, request))) as Promise<never>,
    stream: (request, next) => stream(policy, request, next),
    ...otherCalls(policy),
  })(backend);
  return withTotalTimeout(falling, undefined) as LLMBackend as Wrapped<B>;
}

function stream(policy: Policy, request: GenerateRequest, next: LLMBackend): AsyncIterable<StreamEvent> {
  return deferStream(async (left) => {
    const path = new CallPath(policy, "stream", request, next, listsOf(policy, request));
    const opened = await openFirst(path, left);
    if (!opened) return nothing();
    // A value can't be parsed and checked in two halves.
    return policy.recovery && !request.output ? new RecoveringStream(path, opened) : new PathStream(path, opened);
  });
}

async function* nothing(): AsyncGenerator<StreamEvent, undefined, void> {}

function listsOf({ lists }: Policy, { model }: CallRequest): PathLists {
  return (name) => lists[name].of(model);
}

/**
 * The calls that have lists for just their model. A list for all holds models that chat, and no counting of tokens is right for another
 * model; vectors have a list of their own.
 */
function otherCalls(policy: Policy): MiddlewareParts {
  const { embed, ...byKind } = policy.lists;
  const parts = OPTIONAL_CALLS.filter((name) => name !== "listModels" && name !== "countTokens").map((name) => {
    const part = (request: CallRequest, next: LLMBackend): Promise<unknown> => {
      const { model } = request;
      const lists: PathLists =
        name === "embed"
          ? (kind) => (kind === "fallbacks" ? embed.of(model) : undefined)
          : (kind) => byKind[kind].own(model);
      const isOurs = lists("fallbacks") ?? lists("contextWindow") ?? lists("contentPolicy");
      return isOurs
        ? wholeCall(new CallPath(policy, name as CallName, request, next, lists))
        : next[name]!(request as never);
    };
    return [name, part];
  });
  return Object.fromEntries(parts) as MiddlewareParts;
}
