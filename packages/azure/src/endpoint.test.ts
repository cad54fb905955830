import { describe, expect, it } from "vitest";
import { parseEndpoint } from "./endpoint.js";

const host = "https://acme.openai.azure.com";

describe("an endpoint", () => {
  it.each([
    [host, "deployments", `${host}/openai`],
    [`${host}/`, "deployments", `${host}/openai`],
    [`${host}/openai`, "deployments", `${host}/openai`],
    ["https://acme.services.ai.azure.com", "deployments", "https://acme.services.ai.azure.com/openai"],
    ["https://gateway.example/team-a", "deployments", "https://gateway.example/team-a/openai"],
    [`${host}/openai/v1`, "v1", `${host}/openai/v1`],
    [`${host}/openai/v1/`, "v1", `${host}/openai/v1`],
    [`${host}/openai/v1/chat/completions`, "v1", `${host}/openai/v1`],
    [`${host}/openai/v1/responses`, "v1", `${host}/openai/v1`],
    [
      "https://acme.services.ai.azure.com/models/chat/completions",
      "models",
      "https://acme.services.ai.azure.com/models",
    ],
    [`${host}/openai/responses?api-version=2025-03-01-preview`, "deployments", `${host}/openai`],
  ])("%s", (text, kind, baseURL) => {
    expect(parseEndpoint(text)).toMatchObject({ kind, baseURL, deployment: undefined, embeddingDeployment: undefined });
  });

  it("in full names its deployment and its version", () => {
    const full = `${host}//openai/deployments/my%20gpt/chat/completions?api-version=2024-02-01`;
    expect(parseEndpoint(full)).toEqual({
      kind: "deployments",
      baseURL: `${host}/openai`,
      deployment: "my gpt",
      embeddingDeployment: undefined,
      apiVersion: "2024-02-01",
    });
    expect(parseEndpoint(`${host}/openai/deployments/d`)).toMatchObject({ deployment: "d", apiVersion: undefined });
    expect(parseEndpoint(`${host}/openai/deployments/e/embeddings`)).toMatchObject({
      deployment: undefined,
      embeddingDeployment: "e",
    });
  });
});
