import { defineMiddleware, everyCall, type LLMBackend, type Wrapped } from "@llmux/core";
import { Bookkeeper } from "./bookkeeper.js";
import { BudgetStream } from "./budget-stream.js";
import type { BudgetedCall, CallFacts } from "./budgeted-call.js";
import type { BudgetOptions } from "./options.js";
import type { Answer } from "./pricing.js";
import type { PurseStatus } from "./status.js";

/** A backend whose calls are held to budgets. */
export type Budgeted<B extends LLMBackend> = Wrapped<B> &
  AsyncDisposable & {
    /**
     * What the purses have left that such a call would draw on.
     *
     * @throws LLMError `server` where the store gives no answer
     */
    status(call?: CallFacts): Promise<readonly PurseStatus[]>;
    /**
     * Charges what could not be charged yet because the store was away. To be called when the application ends; the store stays open.
     *
     * @throws LLMError `server` where the store is still away
     */
    close(): Promise<void>;
  };

/**
 * Holds calls to limits in money or tokens: what a call may use is reserved before it is made, and settled after it, so that many at once don't overrun a
 * limit together. A call that a budget has too little left for fails with a {@link BudgetExceededError} and is not made.
 *
 * ```ts
 * const llm = withBudget(backend, { budgets: [{ limit: { usd: 5 }, per: "key", period: "day" }], price: priceOf });
 * ```
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function withBudget<B extends LLMBackend>(backend: B, options: BudgetOptions): Budgeted<B> {
  const books = new Bookkeeper(backend.provider, options);
  const wrapped = defineMiddleware({
    ...everyCall(async (request, call, kind) => {
      if (kind === "listModels" || kind === "countTokens") return call(request);
      const ticket = await books.open(kind, request as unknown as BudgetedCall["request"]);
      if (!ticket) return call(request);
      // Aborted while the store was asked: the provider is not.
      if (request.signal?.aborted) await ticket.release();
      let answer: Awaited<ReturnType<typeof call>>;
      try {
        answer = await call(request);
      } catch (error) {
        await ticket.failed(error);
        throw error;
      }
      await ticket.answered((answer ?? {}) as Answer);
      return answer;
    }),
    stream: (request, next) => new BudgetStream(books, request, next),
  })(backend);
  const close = (): Promise<void> => books.store.close();
  return Object.assign(wrapped as LLMBackend as Wrapped<B>, {
    status: (call: CallFacts = {}) => books.status(call),
    close,
    [Symbol.asyncDispose]: close,
  });
}
