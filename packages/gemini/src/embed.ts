import { type AdapterEmbedRequest, type AdapterEmbedResult, type CallContext, LLMError } from "@llmux/core/adapter";
import { sumCounts, toBatches } from "@llmux/core/embeddings";
import { type Host, infoOf } from "./backend.js";
import { optionsFor } from "./host.js";
import { modelPath } from "./model-path.js";

/** The most texts that `batchEmbedContents` takes. */
const BATCH = 100;

/** The most texts, and for its limit of 20,000 tokens characters, that `predict` takes: one at least. */
const INSTANCES = 250;
const CHARACTERS = 20_000;

/** Requests at once, where each takes one text. */
const AT_ONCE = 8;

interface WireEmbedding {
  values?: readonly number[];
  statistics?: { token_count?: number };
}

interface EmbedAnswer {
  embeddings?: readonly WireEmbedding[];
  embedding?: WireEmbedding;
  predictions?: readonly { embeddings?: WireEmbedding }[];
  usageMetadata?: { promptTokenCount?: number };
}

/** A way to embed: what to send for some texts, and what they cost. */
interface Way {
  method: string;
  batches: readonly (readonly string[])[];
  body(texts: readonly string[]): object;
}

/** Texts as vectors, in as many requests as the model needs, in their order. */
export async function embed(
  { connection, provider }: Host,
  request: AdapterEmbedRequest,
  { signal }: CallContext,
): Promise<AdapterEmbedResult> {
  const vertex = await connection.isVertex();
  const path = modelPath(request.model, vertex);
  const options = { outputDimensionality: request.dimensions, ...optionsFor(provider, request.providerOptions) };
  const way = vertex ? onVertex(request, options) : onGemini(request, options, path);
  const send = async (texts: readonly string[]): Promise<{ answer: EmbedAnswer; response: Response }> => {
    const call = { path: `${path}:${way.method}`, body: way.body(texts) };
    const { body, response } = await connection.json<EmbedAnswer | null>(call, { signal, headers: request.headers });
    return { answer: body ?? {}, response };
  };
  const embeddings: Float32Array[] = [];
  const raw: unknown[] = [];
  const counts: unknown[] = [];
  let last: Response | undefined;
  const atOnce = way.method === "embedContent" ? AT_ONCE : 1;
  for (let at = 0; at < way.batches.length; at += atOnce) {
    const group = way.batches.slice(at, at + atOnce);
    for (const [index, { answer, response }] of (await Promise.all(group.map(send))).entries()) {
      const vectors = vectorsOf(answer, (group[index] as readonly string[]).length);
      for (const { values } of vectors) embeddings.push(Float32Array.from(values as readonly number[]));
      if (answer.usageMetadata) counts.push(answer.usageMetadata.promptTokenCount);
      else for (const { statistics } of vectors) counts.push(statistics?.token_count);
      const { embeddings: _, embedding: __, predictions: ___, ...facts } = answer;
      raw.push(facts);
      last = response;
    }
  }
  return {
    embeddings,
    usage: { inputTokens: { total: sumCounts(counts) }, raw: raw.length === 1 ? raw[0] : raw },
    response: { model: request.model, ...(last && infoOf(last)) },
  };
}

function onGemini({ values }: AdapterEmbedRequest, options: object, model: string): Way {
  return {
    method: "batchEmbedContents",
    batches: toBatches(values, { values: BATCH }),
    body: (texts) => ({ requests: texts.map((text) => ({ model, content: { parts: [{ text }] }, ...options })) }),
  };
}

function onVertex({ model, values }: AdapterEmbedRequest, options: Record<string, unknown>): Way {
  const name = model.split("/").at(-1) ?? model;
  // Models since gemini-embedding-2 have a method of their own, for one content.
  if (/gemini/.test(name) && name !== "gemini-embedding-001") {
    const embedContentConfig = Object.values(options).some((value) => value !== undefined) ? options : undefined;
    return {
      method: "embedContent",
      batches: toBatches(values, { values: 1 }),
      body: ([text]) => ({ content: { parts: [{ text }] }, embedContentConfig }),
    };
  }
  const { taskType, title, ...parameters } = options;
  return {
    method: "predict",
    // That model takes one text, those before it more.
    batches: toBatches(values, {
      values: name === "gemini-embedding-001" ? 1 : INSTANCES,
      size: CHARACTERS,
      sizeOf: ({ length }) => length,
    }),
    body: (texts) => ({
      instances: texts.map((content) => ({ content, task_type: taskType, title })),
      parameters,
    }),
  };
}

/** @throws LLMError `malformed-response` where there are not as many vectors as texts */
function vectorsOf(answer: EmbedAnswer, expected: number): WireEmbedding[] {
  const { embeddings, predictions, embedding } = answer;
  const found: unknown = embeddings ?? predictions?.map((one) => one?.embeddings) ?? (embedding && [embedding]);
  if (Array.isArray(found) && found.length === expected && found.every((one) => Array.isArray(one?.values))) {
    return found as WireEmbedding[];
  }
  const message = `Asked for ${expected} embeddings, the API answered with something else`;
  throw new LLMError({ kind: "malformed-response", message, text: JSON.stringify(answer).slice(0, 10_000) });
}
