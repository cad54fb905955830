import type { CallOptions, OptionalCall } from "@llmux/core";

/** Any call's request. */
export type CallRequest = CallOptions & { model?: string | undefined; user?: string | undefined };

/** A call, as limits see it. */
export interface LimitedCall {
  kind: "generate" | "stream" | OptionalCall;
  model: string | undefined;
  /** Its `context.key`. */
  key: string | undefined;
  /** Its `context.user`, or the request's own `user`. */
  user: string | undefined;
  tags: readonly string[];
  session: string | undefined;
  request: CallRequest;
}

export function limitedCall(kind: LimitedCall["kind"], request: CallRequest): LimitedCall {
  const { model, context, user } = request;
  return {
    kind,
    model,
    key: context?.key,
    user: context?.user ?? user,
    // What makes no sense is for the backend to refuse.
    tags: Array.isArray(context?.tags) ? context.tags : [],
    session: context?.session,
    request,
  };
}
