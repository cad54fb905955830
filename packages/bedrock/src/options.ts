/**
 * What `providerOptions.bedrock` may hold. On a request: any parameter of Converse as AWS names it; it wins over what the neutral
 * parameters say, and `inferenceConfig`, `toolConfig`, `outputConfig` and `additionalModelRequestFields` are merged with it. With
 * `api: "invoke"`, and for embeddings, ranks and images: fields of the model's own body, and the headers of InvokeModel. On a part:
 * fields put into its block (`citations` and `context` of a document, `bucketOwner`, `guardContent` of a text). Bytes may be given as
 * a `Uint8Array`, as the SDK takes them, or as base64.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export interface BedrockOptions {
  /** Which API: Converse for all models, or InvokeModel with the model's own body. Default `converse`, or what the model's name says. */
  api?: "converse" | "invoke" | undefined;
  /** The model behind an ARN that does not name it (`anthropic.claude-sonnet-4-5`): forms that differ between models go by it. */
  baseModel?: string | undefined;
  /** Parameters of the model's own that Converse hands through. */
  additionalModelRequestFields?: Readonly<Record<string, unknown>> | undefined;
  /** JSON pointers to fields of the model's own reply, which come back in `providerMetadata.bedrock.additionalModelResponseFields`. */
  additionalModelResponseFieldPaths?: readonly string[] | undefined;
  guardrailConfig?:
    | {
        guardrailIdentifier: string;
        guardrailVersion: string;
        /** Its findings come back in `providerMetadata.bedrock.trace`. */
        trace?: "enabled" | "disabled" | "enabled_full" | undefined;
        /** Of streams only. */
        streamProcessingMode?: "sync" | "async" | undefined;
      }
    | undefined;
  performanceConfig?: { latency: "standard" | "optimized" } | undefined;
  serviceTier?: { type: "default" | "flex" | "priority" | "reserved" } | undefined;
  /** Marks the request in AWS's invocation logs. */
  requestMetadata?: Readonly<Record<string, string>> | undefined;
  /** For a prompt of Prompt Management, given as the model. */
  promptVariables?: Readonly<Record<string, { text: string }>> | undefined;
  /** Of InvokeModel, as are the three that follow. */
  guardrailIdentifier?: string | undefined;
  guardrailVersion?: string | undefined;
  trace?: "ENABLED" | "DISABLED" | "ENABLED_FULL" | undefined;
  performanceConfigLatency?: "standard" | "optimized" | undefined;
  /** What the API understands and these types don't know yet. */
  [parameter: string]: unknown;
}

declare module "@llmux/core" {
  interface ProviderOptions {
    bedrock?: BedrockOptions | undefined;
  }
}
