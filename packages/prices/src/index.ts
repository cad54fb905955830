export { createPrices, modelFacts, type Prices, type PricesOptions, priceOf } from "./create-prices.js";
export type { RefreshOptions } from "./fetch-json.js";
export { refreshModelFacts, setModelFacts } from "./fetched-facts.js";
export type { ModelAbilities, ModelFacts, ModelKind } from "./model-facts.js";
export type { OwnPrice, TokenPrices } from "./own-price.js";
export type { PricedCall } from "./priced-call.js";
export { refreshPrices } from "./refresh-prices.js";
export { type CostOptions, withCost } from "./with-cost.js";
