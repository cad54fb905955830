import type { ConverseStreamRequest, InvokeModelRequest } from "@aws-sdk/client-bedrock-runtime";

/**
 * What `providerOptions.bedrock` may hold. On a request: any parameter of Converse as AWS names it (`guardrailConfig`,
 * `additionalModelRequestFields`, `performanceConfig`, `serviceTier`, `requestMetadata`, …); it wins over what the neutral parameters
 * say, and `inferenceConfig`, `toolConfig`, `outputConfig` and `additionalModelRequestFields` are merged with it. With
 * `api: "invoke"`: fields of the model's own body, and the headers of InvokeModel (`guardrailIdentifier`, `guardrailVersion`, `trace`,
 * `performanceConfigLatency`, `serviceTier`). On a part: fields put into its block (`citations` and `context` of a document).
 * Bytes may be given as a `Uint8Array`, as the SDK takes them, or as base64.
 */
export interface BedrockOptions
  extends Partial<Omit<ConverseStreamRequest, "modelId" | "messages" | "system" | "serviceTier">>,
    Pick<
      Partial<InvokeModelRequest>,
      "guardrailIdentifier" | "guardrailVersion" | "performanceConfigLatency" | "trace"
    > {
  /** Which API: Converse for all models, or InvokeModel with the model's own body. Default `converse`, or what the model's name says. */
  api?: "converse" | "invoke" | undefined;
  /** The model behind an ARN that does not name it (`anthropic.claude-sonnet-4-5`): forms that differ between models go by it. */
  baseModel?: string | undefined;
  serviceTier?: ConverseStreamRequest["serviceTier"] | InvokeModelRequest["serviceTier"];
  /** What the API understands and these types don't know yet. */
  [parameter: string]: unknown;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    bedrock?: BedrockOptions | undefined;
  }
}
