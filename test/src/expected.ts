import { isDeepStrictEqual } from "node:util";
import { collect, type GenerateResult, isLLMError, type LLMError, type StreamEvent } from "@llmux/core";

interface Tokens {
  input: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  output: number | null;
  reasoning: number | null;
}

/** What a recording must give, computed from its bytes by an independent script; see the README beside the recordings. */
export interface Expected {
  id: string;
  kind: "result" | "error" | "skip";
  why?: string;
  text?: string;
  refusal?: string | null;
  reasoning?: string | null;
  reasoningParts?: string[];
  toolCalls?: { name: string; arguments?: unknown; argumentsText?: string }[];
  finish?: string;
  usage?: Tokens;
  accept?: Record<string, unknown[]>;
  altKind?: Partial<Expected>;
  status?: number | null;
  error?: string;
  alternatives?: string[];
  retryable?: boolean;
  retryableAmbiguous?: boolean;
  retryAfterMs?: number | null;
  retryAfterMsAlt?: number;
  inStream?: boolean;
  partialText?: string;
  embeddings?: number;
  dimensions?: number;
}

export type Outcome = { kind: "result"; result: GenerateResult } | { kind: "error"; error: LLMError };

/** Runs a call or a stream to its end, whichever it is. What is thrown and is not an LLMError is a bug and thrown on. */
export async function outcomeOf(run: Promise<GenerateResult> | AsyncIterable<StreamEvent>): Promise<Outcome> {
  try {
    return { kind: "result", result: await (Symbol.asyncIterator in run ? collect(run) : run) };
  } catch (error) {
    if (isLLMError(error)) return { kind: "error", error };
    throw error;
  }
}

/** In what an outcome differs from what is expected; empty where it fits. */
export function mismatches(outcome: Outcome, expected: Expected): string[] {
  const direct = against(outcome, expected);
  if (direct.length === 0 || !expected.altKind) return direct;
  const { accept: _, altKind: __, alternatives: ___, ...base } = expected;
  const other = against(outcome, { ...base, ...expected.altKind } as Expected, true);
  return other.length === 0 ? [] : direct;
}

function against(outcome: Outcome, expected: Expected, loose = false): string[] {
  const found: string[] = [];
  const compare = (what: string, actual: unknown, wanted: unknown): void => {
    if (loose && wanted === undefined) return;
    const choices = [wanted, ...(expected.accept?.[what] ?? [])].map((choice) => choice ?? null);
    if (!choices.some((choice) => isDeepStrictEqual(actual ?? null, choice))) {
      const wants = choices.map((choice) => JSON.stringify(choice)).join(" or ");
      found.push(`${what}: ${JSON.stringify(actual ?? null)}, expected ${wants}`);
    }
  };
  if (outcome.kind !== expected.kind) {
    const what = outcome.kind === "error" ? `${outcome.error.kind}: ${outcome.error.message}` : outcome.result.text;
    return [`a ${outcome.kind} (${what}), expected a ${expected.kind}`];
  }
  if (outcome.kind === "error") {
    const { error } = outcome;
    const kind = error.kind.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    if (![expected.error, ...(expected.alternatives ?? [])].includes(kind)) {
      found.push(
        `error: ${kind} (${error.message}), expected ${[expected.error, ...(expected.alternatives ?? [])].join(" or ")}`,
      );
    }
    if (expected.status !== null) compare("status", error.status, expected.status);
    if (kind === expected.error && !expected.retryableAmbiguous)
      compare("retryable", error.retryable, expected.retryable);
    const alternative = expected.retryAfterMsAlt;
    if (expected.retryAfterMs !== null && (alternative === undefined || error.retryAfter !== alternative)) {
      compare("retryAfter", error.retryAfter, expected.retryAfterMs);
    }
    if (expected.inStream) compare("partialText", error.partial?.text ?? "", expected.partialText);
    return found;
  }
  const { result } = outcome;
  compare("text", result.text, expected.text);
  compare("refusal", result.refusal, expected.refusal);
  const reasoning = expected.reasoningParts
    ? [expected.reasoningParts.join(""), expected.reasoning]
    : [expected.reasoning];
  if (!reasoning.includes(result.reasoning ?? null)) compare("reasoning", result.reasoning, expected.reasoning);
  compare(
    "toolCalls",
    result.toolCalls.map((call) =>
      call.inputText === undefined
        ? { name: call.name, arguments: call.input }
        : { name: call.name, argumentsText: call.inputText },
    ),
    expected.toolCalls,
  );
  compare("finish", result.finishReason.unified, expected.finish);
  if (expected.usage) {
    const { inputTokens, outputTokens } = result.usage;
    compare("usage.input", inputTokens.total, expected.usage.input);
    compare("usage.cacheRead", inputTokens.cacheRead, expected.usage.cacheRead);
    compare("usage.cacheWrite", inputTokens.cacheWrite, expected.usage.cacheWrite);
    compare("usage.output", outputTokens.total, expected.usage.output);
    compare("usage.reasoning", outputTokens.reasoning, expected.usage.reasoning);
  }
  return found;
}
