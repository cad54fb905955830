import type { Cost, ProviderMetadata } from "@llmux/core";
import type { PricedCall } from "./priced-call.js";

type Bag = Readonly<Record<string, unknown>>;

/** What providers say of a call's cost in its usage, in US dollars, by the id of the adapter. */
const REPORTED: Readonly<Record<string, (usage: Bag) => Partial<Sides>>> = {
  avian: ({ cost }) => ({ total: cost }),
  deepinfra: ({ estimated_cost }) => ({ total: estimated_cost }),
  openrouter({ cost, is_byok, cost_details }) {
    if (is_byok !== true) return { total: cost };
    // With a key of one's own for the provider behind, `cost` is OpenRouter's fee, and the provider bills the rest.
    const upstream = dollars((cost_details as Bag | null | undefined)?.upstream_inference_cost);
    return { total: upstream === undefined ? undefined : (dollars(cost) ?? 0) + upstream };
  },
  perplexity({ cost }) {
    const { total_cost, input_tokens_cost, output_tokens_cost } = (cost ?? {}) as Bag;
    return { total: total_cost, input: input_tokens_cost, output: output_tokens_cost };
  },
  vercel_ai_gateway: ({ cost }) => ({ total: cost }),
  xai({ cost_in_usd_ticks }) {
    const ticks = dollars(cost_in_usd_ticks);
    return { total: ticks === undefined ? undefined : ticks / 1e10 };
  },
};

type Sides = Record<"total" | "input" | "output", unknown>;

/** The provider's own word on what a call cost, where it gave one. */
export function reportedCost(
  { provider, usage }: Pick<PricedCall, "provider" | "usage">,
  metadata?: ProviderMetadata | undefined,
): Cost | undefined {
  const read = Object.hasOwn(REPORTED, provider) ? REPORTED[provider] : undefined;
  const raw = usage.raw as Bag | null | undefined;
  const { total, input, output } = read && typeof raw === "object" && raw !== null ? read(raw) : {};
  // OpenAI-compatible hosts that report it elsewhere, as LiteLLM's proxy does in a header.
  const reported = dollars(total) ?? dollars((metadata?.[provider] as Bag | undefined)?.costUSD);
  if (reported === undefined) return undefined;
  const sides = { input: dollars(input), output: dollars(output) };
  return {
    total: reported,
    ...(sides.input !== undefined && sides.output !== undefined && sides),
    source: "provider",
  };
}

/** Vercel writes its figures as strings. */
function dollars(value: unknown): number | undefined {
  const figure = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof figure === "number" && Number.isFinite(figure) && figure >= 0 ? figure : undefined;
}
