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
    expect(parseEndpoint(text)).toMatchObject({ kind, baseURL, deployments: {} });
  });

  it("in full names its deployment and its version", () => {
    const full = `${host}//openai/deployments/my%20gpt/chat/completions?api-version=2024-02-01`;
    expect(parseEndpoint(full)).toEqual({
      kind: "deployments",
      baseURL: `${host}/openai`,
      deployments: { generate: "my gpt" },
      api: undefined,
      apiVersion: "2024-02-01",
    });
    expect(parseEndpoint(`${host}/openai/deployments/d`)).toMatchObject({
      deployments: { generate: "d" },
      apiVersion: undefined,
    });
  });

  it.each([
    ["completions", "generate", "completions"],
    ["embeddings", "embed", undefined],
    ["audio/transcriptions", "transcribe", undefined],
    ["audio/speech", "speak", undefined],
    ["images/generations", "generateImage", undefined],
    ["images/edits", "generateImage", undefined],
  ])("in full for %s names the deployment of %s", (operation, call, api) => {
    const endpoint = parseEndpoint(`${host}/openai/deployments/d/${operation}?api-version=2024-10-21`);
    expect(endpoint).toMatchObject({ baseURL: `${host}/openai`, deployments: { [call]: "d" }, api });
    expect(Object.keys(endpoint.deployments)).toEqual([call]);
    expect(parseEndpoint(`${host}/openai/v1/${operation}`)).toMatchObject({ kind: "v1", deployments: {}, api });
  });

  it("for Responses says that it is", () => {
    expect(parseEndpoint(`${host}/openai/v1/responses`)).toMatchObject({ kind: "v1", api: "responses" });
  });
});
