export { createPrices, modelFacts, type Prices, type PricesOptions, priceOf } from "./create-prices.js";
export type { ModelFacts } from "./model-facts.js";
export type { OwnPrice, TokenPrices } from "./own-price.js";
export type { PricedCall } from "./priced-call.js";
export { type RefreshOptions, refreshPrices } from "./refresh-prices.js";
export { type CostOptions, withCost } from "./with-cost.js";
