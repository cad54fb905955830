import { litellmName } from "./litellm-names.js";
import type { ModelAbilities, ModelFacts, ModelKind } from "./model-facts.js";

type Entry = Readonly<Record<string, unknown>>;

/** LiteLLM's `mode`, where it is of one of llmux's calls or near one. */
const KINDS = new Map<unknown, ModelKind>([
  ["chat", "chat"],
  ["responses", "chat"],
  ["completion", "completion"],
  ["embedding", "embedding"],
  ["rerank", "rerank"],
  ["audio_transcription", "transcription"],
  ["audio_speech", "speech"],
  ["image_generation", "image"],
  ["image_edit", "image"],
  ["video_generation", "video"],
  ["moderation", "moderation"],
  ["realtime", "realtime"],
]);

/**
 * LiteLLM's list of models by llmux's names, `prefix/model`. Thousands keep it by hand, so that an entry or a field that is not of its format is
 * passed over, and the rest holds.
 *
 * @returns `undefined` where it holds no model at all
 */
export function readLitellm(list: unknown): Map<string, ModelFacts> | undefined {
  const facts = new Map<string, ModelFacts>();
  if (!isObject(list)) return undefined;
  for (const [key, entry] of Object.entries(list)) {
    // The file's own explanation of its fields stands among the models.
    if (key === "sample_spec" || !isObject(entry) || typeof entry.litellm_provider !== "string") continue;
    const [provider, model] = litellmName(key, entry.litellm_provider);
    if (provider === "" || model === "") continue;
    const name = `${provider}/${model}`;
    // A model may be there with its prefix and without; the name with the prefix is the more exact.
    if (facts.has(name) && key !== name) continue;
    const read = readEntry(entry);
    if (Object.keys(read).length > 0) facts.set(name, { id: model, ...read });
  }
  return facts.size === 0 ? undefined : facts;
}

function readEntry(entry: Entry): ModelFacts {
  const abilities = readAbilities(entry);
  return withoutUnknown({
    kind: KINDS.get(entry.mode),
    maxInputTokens: count(entry.max_input_tokens),
    maxOutputTokens: count(entry.max_output_tokens),
    dimensions: count(entry.output_vector_size),
    abilities: Object.keys(abilities).length === 0 ? undefined : abilities,
    retiresAt: day(entry.deprecation_date),
  });
}

function readAbilities(entry: Entry): ModelAbilities {
  const flag = (name: string) => (typeof entry[name] === "boolean" ? entry[name] : undefined);
  const takes = entry.supported_input_modalities ?? entry.supported_modalities;
  const gives = entry.supported_output_modalities;
  // A list of modalities is complete, and where it and the flag differ, it is the flag that was forgotten.
  const among = (list: unknown, modality: string) => (Array.isArray(list) ? list.includes(modality) : undefined);
  return withoutUnknown({
    tools: flag("supports_function_calling"),
    parallelToolCalls: flag("supports_parallel_function_calling"),
    toolChoice: flag("supports_tool_choice"),
    structuredOutput: flag("supports_response_schema"),
    systemMessages: flag("supports_system_messages"),
    imageInput: among(takes, "image") ?? flag("supports_vision"),
    pdfInput: flag("supports_pdf_input"),
    audioInput: among(takes, "audio") ?? flag("supports_audio_input"),
    videoInput: among(takes, "video") ?? flag("supports_video_input"),
    audioOutput: among(gives, "audio") ?? flag("supports_audio_output"),
    imageOutput: among(gives, "image"),
    reasoning: flag("supports_reasoning"),
    promptCaching: flag("supports_prompt_caching"),
    webSearch: flag("supports_web_search"),
  });
}

/** Tokens, or numbers of a vector. Some entries have 0 for what they don't know. */
function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

function day(value: unknown): Date | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const date = new Date(value);
  // Some engines make the 30th of February the 2nd of March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) ? date : undefined;
}

function withoutUnknown<T extends object>(facts: T): T {
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)) as T;
}

function isObject(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
