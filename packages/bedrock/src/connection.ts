import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import type { ResponseInfo } from "@llmux/core";
import { type ByteSource, type CallContext, LLMError } from "@llmux/core/adapter";
import type { BedrockConfig } from "./config.js";
import { FetchHandler, type SdkRequest, type SdkResponse } from "./fetch-handler.js";
import { HttpFailure } from "./http-failure.js";
import type { ModelId } from "./model-id.js";

export type Operation = "Converse" | "ConverseStream" | "CountTokens" | "InvokeModel" | "InvokeModelWithResponseStream";

/** One request. */
export interface Exchange {
  operation: Operation;
  model: ModelId;
  /** Sent as JSON, just so: the SDK would leave out what it does not know. */
  body: object;
  /** What of the operation's input travels in headers. */
  input?: Record<string, unknown> | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  context: Pick<CallContext, "signal" | "unsupported">;
}

/** The raw answer to one; never one of a status above 299. */
export interface Answer {
  body: ByteSource;
  headers: Readonly<Record<string, string>>;
  response: ResponseInfo;
}

type Next = (args: { request: SdkRequest; input: object }) => Promise<{ response: unknown; output: unknown }>;

/**
 * The SDK's clients, one a region, made on the first call. Of the SDK are used the endpoints, the credentials, the signatures and the
 * transport. Bodies go and come as they are: its own reading of them leaves out what it does not know, and its own retries are off.
 */
export class BedrockConnection {
  readonly #config: BedrockConfig;
  readonly #clients = new Map<string | undefined, Promise<BedrockRuntimeClient>>();

  constructor(config: BedrockConfig) {
    this.#config = config;
  }

  async send({ operation, model, body, input, headers, context }: Exchange): Promise<Answer> {
    if (model.id === "")
      throw new LLMError({ kind: "invalid-request", parameter: "model", message: "No model is named" });
    const sdk = await import("./sdk.js");
    const client = await this.#client(model.region, context);
    // The five differ in their inputs, which are given here as a record.
    const Command = sdk[operation] as unknown as new (input: object) => InstanceType<typeof sdk.Converse>;
    const command = new Command({ modelId: model.id, ...input });
    const stack = command.middlewareStack;
    const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
    const json = JSON.stringify(body);
    const write =
      (next: Next): Next =>
      (args) => {
        Object.assign(
          args.request.headers,
          { "content-type": "application/json", accept: "*/*" },
          Object.fromEntries(given),
        );
        args.request.body = json;
        return next(args);
      };
    stack.add(write as never, { step: "build", priority: "high", name: "llmuxBody" });
    const authorization = given.find(([name]) => name === "authorization")?.[1];
    const exchange = (): Next => async (args) => {
      // Signing has just put its own in.
      if (authorization) {
        const { headers } = args.request;
        for (const name of Object.keys(headers)) if (name.toLowerCase() === "authorization") delete headers[name];
        headers.authorization = authorization;
      }
      const handler = client.config.requestHandler as unknown as FetchHandler;
      const { response } = await handler.handle(args.request, { abortSignal: context.signal });
      if (response.statusCode >= 300) throw await HttpFailure.from(response);
      return { response, output: response };
    };
    stack.add(exchange as never, { step: "deserialize", priority: "high", name: "llmuxExchange" });
    const response = (await client.send(command, { abortSignal: context.signal })) as unknown as SdkResponse;
    return {
      body: response.body as ByteSource,
      headers: response.headers,
      response: { requestId: response.headers["x-amzn-requestid"], headers: response.headers },
    };
  }

  async #client(region: string | undefined, context: Exchange["context"]): Promise<BedrockRuntimeClient> {
    const client = this.#config.client as BedrockRuntimeClient | undefined;
    if (client && region && (await client.config.region()) !== region)
      context.unsupported(`model: the region ${region}`, "the client that was handed in is for another");
    const key = client ? undefined : region;
    let made = this.#clients.get(key);
    if (!made) {
      made = this.#create(key);
      this.#clients.set(key, made);
      // A profile that could not be read may be there the next time.
      made.catch(() => this.#clients.delete(key));
    }
    return made;
  }

  async #create(region: string | undefined): Promise<BedrockRuntimeClient> {
    const { BedrockRuntimeClient } = await import("./sdk.js");
    const given = this.#config.client as BedrockRuntimeClient | undefined;
    const client = given ?? new BedrockRuntimeClient(clientConfig(this.#config, region));
    const own = Object.create(client) as BedrockRuntimeClient;
    const middlewareStack = client.middlewareStack.clone();
    const once = (next: Next): Next => next;
    middlewareStack.add(once as never, {
      name: "retryMiddleware",
      step: "finalizeRequest",
      priority: "high",
      override: true,
    });
    Object.defineProperty(own, "middlewareStack", { value: middlewareStack });
    return own;
  }
}

/** How the configuration reads as the SDK's; also for its other clients. */
export function clientConfig(config: BedrockConfig, region: string | undefined): BedrockRuntimeClientConfig {
  const { apiKey, accessKeyId, secretAccessKey, sessionToken, credentials, profile, baseURL } = config;
  const result: BedrockRuntimeClientConfig = {
    maxAttempts: 1,
    // The SDK's types name handlers of its own.
    requestHandler: (config.requestHandler ?? new FetchHandler(config.fetch)) as NonNullable<
      BedrockRuntimeClientConfig["requestHandler"]
    >,
  };
  const where = region ?? config.region ?? /\.([a-z]{2}(?:-[a-z]+)+-\d+)\./.exec(baseURL ?? "")?.[1];
  if (where) result.region = where;
  // Any will do where nothing is signed and the address is given.
  else if (baseURL && apiKey) result.region = "us-east-1";
  if (baseURL) result.endpoint = baseURL;
  if (profile) result.profile = profile;
  if (apiKey) {
    result.token = { token: apiKey };
    result.authSchemePreference = ["httpBearerAuth"];
    return result;
  }
  if (accessKeyId && secretAccessKey && !profile) {
    result.credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  }
  if (credentials) result.credentials = credentials as NonNullable<typeof result.credentials>;
  // Without this, a key of Bedrock's in the environment would come before what was given here.
  if (result.credentials || profile) result.authSchemePreference = ["sigv4"];
  return result;
}
