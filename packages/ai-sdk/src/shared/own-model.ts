/** Marks the models that are llmux's own: what they have beyond the AI SDK's words can be said to them in `providerOptions.llmux`. */
const OWN: unique symbol = Symbol.for("llmux.ai-sdk.model") as never;

export function markOwn<Model extends object>(model: Model): Model {
  return Object.defineProperty(model, OWN, { value: true });
}

export function isOwn(model: object): boolean {
  return (model as { [OWN]?: unknown })[OWN] === true;
}
