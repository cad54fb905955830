import type { ListModelsRequest, ModelInfo } from "@llmux/core";
import { type CallContext, LLMError } from "@llmux/core/adapter";
import type { Host } from "./backend.js";

interface WireModel {
  name?: string;
  displayName?: string;
  inputTokenLimit?: number;
  outputTokenLimit?: number;
}

interface Page {
  models?: readonly WireModel[] | null;
  publisherModels?: readonly WireModel[] | null;
  nextPageToken?: string | null;
}

/** All models of the Gemini API, or Google's own on Vertex AI. `raw.supportedGenerationMethods` says what each is for. */
export async function listModels(
  { connection }: Host,
  { headers }: ListModelsRequest,
  { signal }: CallContext,
): Promise<ModelInfo[]> {
  const path = (await connection.isVertex()) ? "publishers/google/models" : "models";
  const models: ModelInfo[] = [];
  const seen = new Set<string>();
  for (let pageToken = ""; ; ) {
    const query = { pageSize: "1000", ...(pageToken && { pageToken }) };
    const { body } = await connection.json<Page | null>({ method: "GET", path, query }, { signal, headers });
    const list = body?.models ?? body?.publisherModels ?? [];
    if (!body || !Array.isArray(list)) {
      const message = "The answer is no list of models";
      throw new LLMError({ kind: "malformed-response", message, text: JSON.stringify(body) });
    }
    models.push(...(list as readonly WireModel[]).map(toModel));
    const next = body.nextPageToken;
    // A page that leads back would be read for ever.
    if (!next || seen.has(next)) return models;
    seen.add(next);
    pageToken = next;
  }
}

function toModel(raw: WireModel): ModelInfo {
  return {
    id: (raw.name ?? "").replace(/^(publishers\/[^/]+\/)?models\//, ""),
    ...(raw.displayName && { name: raw.displayName }),
    ownedBy: "google",
    contextWindow: raw.inputTokenLimit,
    maxOutputTokens: raw.outputTokenLimit,
    raw,
  };
}
