import type { ListModelsRequest, ModelInfo } from "@llmux/core";
import { type CallContext, LLMError } from "@llmux/core/adapter";
import type { BedrockConfig } from "./config.js";
import { clientConfig } from "./connection.js";

/** What is used of `@aws-sdk/client-bedrock`. */
export interface ControlPlane {
  BedrockClient: new (
    config: object,
  ) => { send(command: object, options: { abortSignal: AbortSignal }): Promise<Record<string, unknown>> };
  ListFoundationModelsCommand: new (input: object) => object;
  ListInferenceProfilesCommand: new (input: object) => object;
}

interface Summary {
  modelId?: string;
  modelName?: string;
  providerName?: string;
}

interface Profile {
  inferenceProfileId?: string;
  inferenceProfileName?: string;
  createdAt?: Date;
}

/**
 * The region's foundation models, and the account's inference profiles, which many of the newer models are to be called by.
 * @throws LLMError `unsupported` where `@aws-sdk/client-bedrock`, which alone lists models, is not installed
 */
export async function listModels(
  config: BedrockConfig,
  _request: ListModelsRequest,
  { signal }: CallContext,
): Promise<ModelInfo[]> {
  const sdk = await load();
  const client = new sdk.BedrockClient(controlConfig(config));
  const options = { abortSignal: signal };
  const { modelSummaries = [] } = (await client.send(new sdk.ListFoundationModelsCommand({}), options)) as {
    modelSummaries?: Summary[];
  };
  const models = modelSummaries.map(
    (raw): ModelInfo => ({ id: raw.modelId ?? "", name: raw.modelName, ownedBy: raw.providerName, raw }),
  );
  for (let nextToken: string | undefined, first = true; first || nextToken; first = false) {
    const page = (await client.send(
      new sdk.ListInferenceProfilesCommand({ nextToken, maxResults: 1000 }),
      options,
    )) as {
      inferenceProfileSummaries?: Profile[];
      nextToken?: string;
    };
    for (const raw of page.inferenceProfileSummaries ?? []) {
      const { inferenceProfileId: id = "", inferenceProfileName: name, createdAt } = raw;
      models.push({ id, name, createdAt, raw });
    }
    nextToken = page.nextToken;
  }
  return models;
}

function controlConfig(config: BedrockConfig): object {
  const { client } = config;
  if (client) {
    const { region, credentials, requestHandler } = client.config as Record<string, unknown>;
    return { region, credentials, requestHandler, maxAttempts: 1 };
  }
  const { endpoint, ...rest } = clientConfig(config, undefined);
  // The models are listed by another service, which has a name of its own; a stand-in for AWS is one address for all.
  return endpoint ? { ...rest, endpoint: String(endpoint).replace("bedrock-runtime", "bedrock") } : rest;
}

async function load(): Promise<ControlPlane> {
  // Not a literal, so that neither compilers nor bundlers insist on a package that few need.
  const name: string = "@aws-sdk/client-bedrock";
  try {
    return (await import(name)) as ControlPlane;
  } catch (cause) {
    const message = `Bedrock's models are listed by another package: npm install ${name}`;
    throw new LLMError({ kind: "unsupported", parameter: "listModels", message, cause });
  }
}
