import {
  type Adapter,
  ENV_VARIABLES,
  type EnvReport,
  inspectEnv,
  isLLMError,
  type LLM,
  type LLMError,
  type ResolvedSetting,
} from "@llmux/core";
import { redact } from "@llmux/core/failures";
import leven from "leven";
import { explain } from "./errors.js";
import { isUnset, localModels } from "./session.js";
import { adapters, connect, type Env } from "./wiring.js";

export interface Check {
  what: string;
  state: "ok" | "failed" | "skipped";
  message: string;
  /** How to mend it. */
  advice?: string | undefined;
}

/** What is set, and by what; holds no key. */
export interface Settings {
  /** The application's own variables. */
  variables: readonly { name: string; value: string | undefined; default: string | undefined }[];
  /** The settings of the adapters in use, and the variable that each came from. */
  adapters: readonly { id: string; name: string; settings: readonly ResolvedSetting[] }[];
}

/** What the doctor found; holds no key. */
export interface Diagnosis extends Settings {
  /** Nothing failed. */
  ok: boolean;
  checks: readonly Check[];
}

/** Told of each finding as soon as it is made: a provider may take its time. */
export interface Watcher {
  settings?(settings: Settings): void;
  check?(check: Check): void;
}

/** Looks at the settings, then at the provider, as far as each step lets the next make sense. */
export async function diagnose(env: Env, watcher: Watcher = {}): Promise<Diagnosis> {
  const report = await inspectEnv({ env, adapters });
  const settings: Settings = {
    variables: variablesOf(env, report),
    adapters: report.config.map(({ adapter: { id, name }, settings: own }) => ({ id, name, settings: own.map(shown) })),
  };
  watcher.settings?.(settings);
  const checks: Check[] = [];
  const add = (check: Check): void => {
    checks.push(check);
    watcher.check?.(check);
  };
  if (await settingsAreRight(env, report, add)) {
    // A doctor tells of a failure at once; it does not wait for it to pass.
    const llm = await connect({ ...env, LLM_NUM_RETRIES: "0" }, () => {}, true);
    if (report.model !== undefined) await checkModel(llm, report, report.model, add);
    await checkEmbeddings(llm, report, add);
  }
  return { ok: checks.every(({ state }) => state !== "failed"), ...settings, checks };
}

type Add = (check: Check) => void;

async function settingsAreRight(env: Env, { faults, config }: EnvReport, add: Add): Promise<boolean> {
  const what = "settings";
  if (isUnset(env)) {
    add({ what, state: "failed", message: "nothing says which model to use", advice: await firstStep(env) });
    return false;
  }
  for (const { variable, value, message } of faults) {
    const holds = value === undefined ? "is not set" : `is ${JSON.stringify(redact(value))}`;
    const advice = variable === "LLM_MODEL" ? await localName(env, value) : undefined;
    add({ what, state: "failed", message: `${variable} ${holds}: ${redact(message)}`, advice });
  }
  if (faults.length > 0) return false;
  const names = config.map(({ adapter }) => adapter.name).join(" and ");
  add({ what, state: "ok", message: `complete for ${names}` });
  return true;
}

/** The nearest way to a first answer, from what is there already. */
async function firstStep(env: Env): Promise<string> {
  const local = await localModels(env);
  if (local?.[0]) return `an Ollama is running: export LLM_MODEL=${local[0]}`;
  const keyed = adapters?.find(({ env: fields }) => fields.apiKey?.variables.some((name) => env[name]?.trim()));
  if (keyed) return `a key for ${keyed.name} is set: export LLM_MODEL=${keyed.id}/<model>`;
  return "export LLM_MODEL=ollama/llama3.2 (https://ollama.com, needs no key), or openai/gpt-4o and OPENAI_API_KEY";
}

/** A bare name is often that of a model of the Ollama on this machine. */
async function localName(env: Env, name: string | undefined): Promise<string | undefined> {
  if (name === undefined || name.includes("/")) return undefined;
  const [near] = nearNames(`ollama/${name}`, (await localModels(env)) ?? []);
  return near && `did you mean ${near}?`;
}

async function checkModel(llm: LLM, report: EnvReport, name: string, add: Add): Promise<void> {
  const slash = name.indexOf("/");
  const provider = name.slice(0, slash);
  const model = name.slice(slash + 1);
  const started = performance.now();
  const listed = await attempt(() => llm.listModels({ provider, timeout: { total: 15_000 } }));
  if ("value" in listed) {
    const count = `${listed.value.length} ${listed.value.length === 1 ? "model" : "models"}`;
    add({ what: "provider", state: "ok", message: `reached in ${since(started)}; it lists ${count}` });
  } else if (isLLMError(listed.error, "authentication", "connection", "timeout")) {
    add(failure("provider", listed.error, report, provider));
    return;
  }
  const asked = performance.now();
  const answered = await attempt(() =>
    llm.generate({
      messages: [{ role: "user", content: "Say OK." }],
      maxTokens: 64,
      dropParams: true,
      timeout: { total: 120_000 },
    }),
  );
  if ("value" in answered) {
    add({ what: "model", state: "ok", message: `${model} answered in ${since(asked)}` });
    if ("error" in listed) {
      add({ what: "list of models", state: "skipped", message: explain(listed.error).message });
    }
    return;
  }
  const check = failure("model", answered.error, report, provider);
  if (isLLMError(answered.error, "not-found")) {
    const ids = "value" in listed ? listed.value.map(({ id }) => id.slice(provider.length + 1)) : [];
    const near = nearNames(model, ids);
    if (near.length > 0) check.advice = `did you mean ${near.map((id) => `${provider}/${id}`).join(" or ")}?`;
    else if ("error" in listed) check.advice = addressAdvice(report, provider);
    if (provider === "ollama")
      check.advice = [check.advice, `ollama pull ${model} fetches it`].filter(Boolean).join("; ");
  }
  add(check);
}

async function checkEmbeddings(llm: LLM, report: EnvReport, add: Add): Promise<void> {
  const what = "embeddings";
  const { embeddingModel } = report;
  if (embeddingModel === undefined) {
    add({ what, state: "skipped", message: "LLM_EMBEDDING_MODEL is not set; only embed needs it" });
    return;
  }
  const started = performance.now();
  const embedded = await attempt(() => llm.embed({ values: ["llmux"], timeout: { total: 60_000 } }));
  if ("value" in embedded) {
    const { length } = embedded.value.embeddings[0] ?? [];
    add({ what, state: "ok", message: `${embeddingModel} gave ${length} dimensions in ${since(started)}` });
  } else add(failure(what, embedded.error, report, embeddingModel.slice(0, embeddingModel.indexOf("/"))));
}

async function attempt<T>(call: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error };
  }
}

function failure(what: string, error: unknown, report: EnvReport, provider: string): Check {
  const { kind, message, advice } = explain(error);
  const check: Check = { what, state: "failed", message: `${kind}: ${message}`, advice };
  if (isLLMError(error, "authentication")) check.advice = keyAdvice(report, provider);
  if (isLLMError(error, "connection", "malformed-response")) check.advice = addressAdvice(report, provider, error);
  return check;
}

function settingsOf(
  { config }: EnvReport,
  provider: string,
): { adapter?: Adapter; settings: readonly ResolvedSetting[] } {
  return config.find(({ adapter }) => adapter.id === provider) ?? { settings: [] };
}

function keyAdvice(report: EnvReport, provider: string): string {
  const { settings } = settingsOf(report, provider);
  const key =
    settings.find(({ secret, source }) => secret && source !== undefined) ?? settings.find(({ secret }) => secret);
  if (key?.source === undefined) return `set ${key?.variables.join(" or ") ?? "a key"}: ${key?.description ?? ""}`;
  return `the key in ${key.source} (${key.value}) was refused; expected ${key.description}`;
}

function addressAdvice(report: EnvReport, provider: string, error?: LLMError): string {
  const { adapter, settings } = settingsOf(report, provider);
  const address = settings.find(({ field }) => /url|endpoint|host/i.test(field));
  const where = address?.source ? `${address.source} says ${redact(address.value ?? "")}` : undefined;
  if (provider === "ollama" && error?.kind === "connection") {
    return `start the server with: ollama serve${where ? `; ${where}` : ""}`;
  }
  if (error?.code === "ENOTFOUND") return `no such host: ${where ?? "check the network"}`;
  if (where === undefined) return `check the network; ${adapter?.name ?? provider} is asked at its own address`;
  return `${where}: is that the right address and path${provider === "openai" ? " (OpenAI's own ends in /v1)" : ""}?`;
}

/** The names that were probably meant, the nearest first. */
export function nearNames(name: string, all: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase();
  return all
    .map((id) => {
      const candidate = id.toLowerCase();
      const contained = candidate.includes(wanted) || wanted.includes(candidate);
      return { id, distance: contained ? Math.abs(candidate.length - wanted.length) / 10 : leven(wanted, candidate) };
    })
    .filter(({ id, distance }) => distance <= Math.max(2, id.length * 0.34))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ id }) => id);
}

function variablesOf(env: Env, report: EnvReport): Settings["variables"] {
  const masked = new Map(report.config.flatMap(({ settings }) => settings.map(({ source, value }) => [source, value])));
  return ENV_VARIABLES.map(({ name, secret, default: fallback }) => {
    const held = env[name]?.trim() || undefined;
    const value = held && (secret ? (masked.get(name) ?? "***") : redact(held));
    return { name, value, default: fallback };
  });
}

function shown(setting: ResolvedSetting): ResolvedSetting {
  return setting.value === undefined ? setting : { ...setting, value: redact(setting.value) };
}

function since(started: number): string {
  const ms = performance.now() - started;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
