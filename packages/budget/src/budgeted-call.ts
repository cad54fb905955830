import { invalidOption, type LLMBackend, type PolicyContext } from "@llmux/core";

/** The calls that cost something. Lists of models and counts of tokens are free, and no budget holds them up. */
export type BudgetedKind = Exclude<keyof LLMBackend, "provider" | "listModels" | "countTokens">;

/** What budgets go by. */
export interface CallFacts {
  /** `context.key`. */
  key?: string | undefined;
  /** `context.user`, else the request's own. */
  user?: string | undefined;
  /** As the call names it. */
  model?: string | undefined;
  /** `context.tags`. */
  tags?: readonly string[] | undefined;
  /** All that the call's `context` holds. */
  context?: PolicyContext | undefined;
}

/** A call that budgets are looked up for. */
export type BudgetedCall = {
  [Kind in BudgetedKind]: CallFacts & {
    kind: Kind;
    request: Parameters<NonNullable<LLMBackend[Kind]>>[0];
  };
}[BudgetedKind];

/**
 * A call as budgets see it.
 *
 * @param model what calls ask for that name none
 * @throws LLMError `invalid-request` for tags that are no list
 */
export function callOf(kind: BudgetedKind, request: BudgetedCall["request"], model: string | undefined): BudgetedCall {
  const { context } = request;
  if (context?.tags !== undefined && !Array.isArray(context.tags))
    throw invalidOption("context.tags", "must be a list of texts", context.tags);
  return {
    kind,
    request,
    context,
    key: context?.key,
    user: context?.user ?? ("user" in request ? request.user : undefined),
    model: request.model ?? model,
    tags: context?.tags,
  } as BudgetedCall;
}
