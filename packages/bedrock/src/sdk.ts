// Imported late, and by name, so that a bundler leaves out what of the SDK is not used.
export {
  BedrockRuntimeClient,
  ConverseCommand as Converse,
  ConverseStreamCommand as ConverseStream,
  CountTokensCommand as CountTokens,
  InvokeModelCommand as InvokeModel,
  InvokeModelWithResponseStreamCommand as InvokeModelWithResponseStream,
} from "@aws-sdk/client-bedrock-runtime";
