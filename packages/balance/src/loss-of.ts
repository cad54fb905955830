import { estimateTokens, type GenerateRequest } from "@llmux/core";
import type { CallRequest, Deployment } from "./deployment.js";

/** US dollars for the input of a call that was cancelled before its answer, where the deployment has a price for it: providers charge what they have read. */
export function lossOf({ costPerToken }: Deployment, request: CallRequest): number | undefined {
  const price = typeof costPerToken === "object" ? costPerToken.input : costPerToken;
  const { messages, tools } = request as Partial<GenerateRequest>;
  return typeof price === "number" && messages ? price * estimateTokens({ messages, tools }) : undefined;
}
