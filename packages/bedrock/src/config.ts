/**
 * How to reach Bedrock. What is left out is read from the environment, and what is not there either is the SDK's to find: profiles,
 * SSO, web identity, container and instance roles. A configuration that names any credentials gets none from the environment.
 * The SDK's own types are described here rather than imported: they are large, and want the types of Node.
 */
export interface BedrockConfig {
  /** A Bedrock API key: `AWS_BEARER_TOKEN_BEDROCK`. Wins over the credentials below. */
  apiKey?: string | undefined;
  /** `AWS_ACCESS_KEY_ID` */
  accessKeyId?: string | undefined;
  /** `AWS_SECRET_ACCESS_KEY` */
  secretAccessKey?: string | undefined;
  /** `AWS_SESSION_TOKEN` */
  sessionToken?: string | undefined;
  /** Name of a profile in `~/.aws`: `AWS_PROFILE`. Wins over keys in the environment, as everywhere in this SDK. */
  profile?: string | undefined;
  /** Credentials, or a function that gives them, such as those of `@aws-sdk/credential-providers`. */
  credentials?: BedrockCredentials | undefined;
  /** `AWS_REGION`, `AWS_DEFAULT_REGION` or `AWS_REGION_NAME`; also from the profile, or a model's ARN. */
  region?: string | undefined;
  /** `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` or `AWS_BEDROCK_RUNTIME_ENDPOINT`; default the region's. */
  baseURL?: string | undefined;
  fetch?: typeof fetch | undefined;
  /** A handler of the SDK's own kind, such as a `NodeHttpHandler` with a proxy, in place of one over `fetch`. */
  requestHandler?: BedrockRequestHandler | undefined;
  /** A ready client of `@aws-sdk/client-bedrock-runtime`; the fields above are then its own business, retries excepted: those are off. */
  client?: BedrockClient | undefined;
}

/** Credentials of AWS. */
export interface BedrockIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** Fixed credentials of AWS, or a function that gives them. */
export type BedrockCredentials = BedrockIdentity | (() => Promise<BedrockIdentity>);

/** An `HttpHandler` of the SDK's. */
export interface BedrockRequestHandler {
  handle(...args: never[]): Promise<unknown>;
}

/** A `BedrockRuntimeClient`. */
export interface BedrockClient {
  readonly config: object;
  readonly middlewareStack: object;
  send(...args: never[]): unknown;
}
