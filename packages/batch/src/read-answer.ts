import { type Cost, isLLMError, type LLMError, type PriceCall } from "@llmux/core";
import type { BatchDriver, DriverAnswer } from "./batch-driver.js";
import type { BatchRequest, ResultOf } from "./batch-item.js";

/** What came of a request, with half of the ordinary price as its cost. */
export async function readAnswer<R extends BatchRequest>(
  driver: BatchDriver,
  request: R,
  answer: DriverAnswer,
  price: PriceCall | undefined,
): Promise<{ result?: ResultOf<R>; error?: LLMError }> {
  try {
    const result = await driver.read(request, answer);
    const { provider, model, usage, response } = result;
    // A name that says nothing, such as that of an Azure deployment, is priced by the model that answered.
    const call = { provider, model, usage, answeredBy: response.model };
    const cost = halfOf(price?.(call));
    return { result: cost ? { ...result, cost } : result };
  } catch (error) {
    if (isLLMError(error)) return { error };
    throw error;
  }
}

function halfOf(cost: Cost | undefined): Cost | undefined {
  const half = (dollars: number | undefined): number | undefined => dollars && dollars / 2;
  return cost && { ...cost, total: cost.total / 2, input: half(cost.input), output: half(cost.output) };
}
