import {
  type Adapter,
  type AdapterDefinition,
  type AdapterFactory,
  defineAdapter,
  type EnvField,
} from "@llmux/core/adapter";
import { createBackend } from "./backend.js";
import type { BedrockConfig } from "./config.js";

const KEYS = {
  apiKey: ["AWS_BEARER_TOKEN_BEDROCK", "a Bedrock API key from the AWS console"],
  accessKeyId: ["AWS_ACCESS_KEY_ID", "the id of an access key of AWS"],
  secretAccessKey: ["AWS_SECRET_ACCESS_KEY", "the secret of an access key of AWS"],
  sessionToken: ["AWS_SESSION_TOKEN", "the session token of temporary credentials of AWS"],
} as const;

const places: NonNullable<AdapterDefinition<BedrockConfig>["env"]> = {
  region: {
    variables: ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_REGION_NAME"],
    description: "a region of AWS such as us-east-1",
  },
  baseURL: {
    variables: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_BEDROCK_RUNTIME_ENDPOINT"],
    type: "url",
    description: "a URL such as https://bedrock-runtime.us-east-1.amazonaws.com",
  },
};

const definition: AdapterDefinition<BedrockConfig> = {
  id: "bedrock",
  name: "Amazon Bedrock",
  aliases: ["bedrock_converse"],
  models: ["anthropic.*", "amazon.*", "meta.*", "*.anthropic.*", "*.amazon.*", "*.meta.*"],
  embeddingModel: "amazon.titan-embed-text-v2:0",
  // The rest may come from where only the SDK looks. One half of a pair of keys is a mistake.
  required: ({ accessKeyId, secretAccessKey, apiKey, profile, credentials, client }) =>
    !accessKeyId === !secretAccessKey || apiKey || profile || credentials || client
      ? []
      : [accessKeyId ? "secretAccessKey" : "accessKeyId"],
  createBackend,
};

const fromEnvironment = defineAdapter({
  ...definition,
  env: {
    ...keys((variable) => [variable]),
    profile: { variables: ["AWS_PROFILE"], description: "the name of a profile in ~/.aws" },
    ...places,
  },
});

// Named all the same, so that they are masked and asked for.
const { apiKey, ...pair } = keys(() => []);
const withOwnKey = defineAdapter({ ...definition, env: { apiKey, ...places } });
const withOwnCredentials = defineAdapter({ ...definition, env: { ...pair, ...places } });

function keys(variables: (name: string) => string[]): Record<keyof typeof KEYS, EnvField> {
  const field = ([variable, description]: readonly [string, string]): EnvField => ({
    variables: variables(variable),
    secret: true,
    description,
  });
  return {
    apiKey: field(KEYS.apiKey),
    accessKeyId: field(KEYS.accessKeyId),
    secretAccessKey: field(KEYS.secretAccessKey),
    sessionToken: field(KEYS.sessionToken),
  };
}

const CREDENTIALS = ["accessKeyId", "secretAccessKey", "profile", "credentials", "client"] as const;

/** Amazon Bedrock through `@aws-sdk/client-bedrock-runtime`. Prefix `bedrock` or `bedrock_converse`. */
export const bedrock: AdapterFactory<BedrockConfig> = Object.defineProperties(
  // Credentials of two sources must not be mixed: a session token belongs to its key.
  (config?: BedrockConfig): Adapter => {
    if (config?.apiKey !== undefined) return withOwnKey(config);
    return (config && CREDENTIALS.some((name) => config[name] !== undefined) ? withOwnCredentials : fromEnvironment)(
      config,
    );
  },
  Object.getOwnPropertyDescriptors(fromEnvironment),
) as AdapterFactory<BedrockConfig>;
