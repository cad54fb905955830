import type { ResponseInfo } from "@llmux/core";

interface ModelResponse {
  id?: string | undefined;
  timestamp?: Date | undefined;
  modelId?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}

/** The headers in which providers give the id of the request. */
const REQUEST_ID = ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid", "x-amz-request-id"];

export function responseInfo({ id, timestamp, modelId, headers }: ModelResponse): ResponseInfo {
  const info: ResponseInfo = {};
  if (id !== undefined) info.id = id;
  if (modelId !== undefined) info.model = modelId;
  if (timestamp instanceof Date) info.createdAt = timestamp;
  if (!headers) return info;
  const { "set-cookie": _, ...lower } = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  info.headers = lower;
  const requestId = requestIdOf(lower);
  if (requestId !== undefined) info.requestId = requestId;
  return info;
}

export function requestIdOf(headers: Readonly<Record<string, string>>): string | undefined {
  const name = REQUEST_ID.find((known) => headers[known]);
  return name && headers[name];
}
