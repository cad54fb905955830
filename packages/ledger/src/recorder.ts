import {
  type Cost,
  type GenerateResult,
  invalidOption,
  isLLMError,
  LLMError,
  type PolicyContext,
  tell,
  type Usage,
} from "@llmux/core";
import { callId } from "./call-id.js";
import type { CallKind, CallRow } from "./call-row.js";
import { defaultLedger } from "./default-ledger.js";
import type { Ledger } from "./ledger.js";
import type { WithLedgerOptions } from "./ledger-options.js";

/** What a row is made of, of any call's request. */
export interface AnyRequest {
  model?: string | undefined;
  user?: string | undefined;
  context?: PolicyContext | undefined;
}

/** What of an answer is entered, of any call's; the list of models has none of it. */
export type AnyAnswer = Partial<
  Pick<GenerateResult, "provider" | "model" | "response" | "cost" | "attempts" | "cachedAt" | "finishReason">
> & { usage?: Partial<Usage> | undefined };

/** Makes the rows of a backend's calls and sees that they are written. */
export class Recorder {
  readonly #options: WithLedgerOptions;
  #ledger: Ledger | undefined;

  constructor(
    private readonly provider: string,
    options: WithLedgerOptions,
  ) {
    const { ledger, price, onFailure, failClosed } = options;
    if (ledger !== undefined && typeof ledger?.record !== "function")
      throw invalidOption("ledger", "must be a ledger", ledger);
    if (price !== undefined && typeof price !== "function") throw invalidOption("price", "must be a function", price);
    if (onFailure !== undefined && typeof onFailure !== "function")
      throw invalidOption("onFailure", "must be a function", onFailure);
    if (failClosed !== undefined && typeof failClosed !== "boolean")
      throw invalidOption("failClosed", "must be true or false", failClosed);
    this.#options = options;
    this.#ledger = ledger;
  }

  /** Before a call is made. @throws LLMError `invalid-request` without a ledger; `server`, not to be retried, where calls can't be entered and must be */
  ready(): Promise<void> | undefined {
    if (this.#ledger) return this.#refusal(this.#ledger);
    return defaultLedger().then((ledger) => {
      this.#ledger = ledger;
      return this.#refusal(ledger);
    });
  }

  #refusal({ waiting }: Ledger): Promise<void> | undefined {
    if (!this.#options.failClosed || !(waiting > 0)) return undefined;
    return Promise.reject(unwritten("The call was not made, since the ledger can't be written", undefined));
  }

  /** The row of a call that begins now. */
  begin(kind: CallKind, { model, user, context }: AnyRequest): CallRow {
    const now = Date.now();
    return {
      id: callId(now),
      startedAt: new Date(now),
      kind,
      key: context?.key,
      user: context?.user ?? user,
      tags: context?.tags ?? [],
      session: context?.session,
      provider: this.provider,
      model,
      // All of them, so that every row has the same shape, which is what makes the engine quick with them.
      responseModel: undefined,
      inputTokens: undefined,
      cacheReadTokens: undefined,
      cacheWriteTokens: undefined,
      outputTokens: undefined,
      reasoningTokens: undefined,
      usageEstimated: false,
      cost: undefined,
      costSource: undefined,
      cached: false,
      latency: 0,
      timeToFirstToken: undefined,
      attempts: undefined,
      outcome: "ok",
      finishReason: undefined,
      requestId: undefined,
      status: undefined,
    };
  }

  /** Enters what an answer says. */
  answered(
    row: CallRow,
    { provider, model, usage, response, cost, attempts, cachedAt, finishReason }: AnyAnswer,
  ): void {
    row.provider = provider || row.provider;
    row.model = model || row.model;
    row.responseModel = response?.model;
    row.requestId = response?.requestId;
    row.attempts = attempts?.length;
    row.finishReason = finishReason?.unified;
    if (usage) this.used(row, usage);
    if (cachedAt) this.cached(row);
    else this.#charge(row, cost ?? this.#price(row, usage));
  }

  /** Enters that a cache answered: whatever was used was not paid for. */
  cached(row: CallRow): void {
    row.cached = true;
    row.cost = 0;
    row.costSource = undefined;
  }

  /** Enters what an error says. */
  failed(row: CallRow, error: unknown): void {
    row.outcome = "unknown";
    if (!isLLMError(error)) return;
    const { kind, provider, model, requestId, status, attempts, usage, cost } = error;
    row.outcome = kind;
    row.provider = provider ?? row.provider;
    row.model = model ?? row.model;
    row.requestId = requestId ?? row.requestId;
    row.status = status;
    row.attempts = attempts?.length;
    if (!usage) return;
    this.used(row, usage);
    this.#charge(row, cost ?? this.#price(row, usage));
  }

  /** Enters tokens that were estimated, and their price. */
  estimated(row: CallRow, usage: Usage): void {
    this.used(row, usage);
    row.usageEstimated = true;
    this.#charge(row, this.#price(row, usage));
  }

  used(row: CallRow, { inputTokens, outputTokens }: Partial<Usage>): void {
    row.inputTokens = inputTokens?.total;
    row.cacheReadTokens = inputTokens?.cacheRead;
    row.cacheWriteTokens = inputTokens?.cacheWrite;
    row.outputTokens = outputTokens?.total;
    row.reasoningTokens = outputTokens?.reasoning;
  }

  /** @throws LLMError under `failClosed` */
  async save(row: CallRow): Promise<void> {
    try {
      await this.#ledger!.record(row);
    } catch (error) {
      tell(this.#options.onFailure, { error, row, kept: (error as { kept?: unknown } | null)?.kept === true });
      if (this.#options.failClosed) throw unwritten("The call was made, and the ledger can't be written", error);
    }
  }

  #price({ provider, model, responseModel, startedAt }: CallRow, usage: Partial<Usage> | undefined): Cost | undefined {
    const { price } = this.#options;
    if (!price || !usage?.inputTokens || provider === undefined || model === undefined) return undefined;
    try {
      return price({ provider, model, answeredBy: responseModel, usage: usage as Usage, at: startedAt });
    } catch {
      return undefined;
    }
  }

  #charge(row: CallRow, cost: Cost | undefined): void {
    row.cost = cost?.total;
    row.costSource = cost?.source;
  }
}

/** Milliseconds since a moment of `performance.now()`, to a tenth: more is noise. */
export function since(begun: number): number {
  return Math.max(0, Math.round((performance.now() - begun) * 10) / 10);
}

function unwritten(message: string, cause: unknown): LLMError {
  return new LLMError({ kind: "server", message, retryable: false, ...(cause !== undefined && { cause }) });
}
