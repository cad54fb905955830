import { coreRangeOf, importerFrom } from "#import-adapter";
import type { Adapter, EnvSource } from "./adapter-definition.js";
import { candidates, hasPrefix } from "./candidates.js";
import { type AdapterPackage, contractFault, importAdvice } from "./contract-fault.js";
import { assembleLLM, type LLM, processEnv } from "./create-llm.js";
import { envError, readEnv } from "./env.js";
import { isLLMError, LLMError } from "./errors.js";
import type { EnvReport, FromEnvOptions } from "./from-env.js";
import { isNotInstalled } from "./import-adapter.js";
import { KNOWN_ADAPTERS } from "./known-adapters.js";
import type { Middleware } from "./middleware.js";
import { splitModel } from "./model-name.js";
import type { RetryOptions } from "./retry.js";
import { redact } from "./secrets.js";

/** What `fromEnv` of from-env.ts does, loaded when it is called: a program that says its adapters itself needs none of it. */
export async function fromEnv(
  options: FromEnvOptions,
  retrying: (options: RetryOptions, total: number | undefined) => Middleware,
): Promise<LLM> {
  const { env: _env, adapters: _adapters, import: _import, from: _from, retry, timeout, ...rest } = options;
  const report = await inspectEnv(options);
  if (report.faults.length > 0) {
    const keysOnly = report.faults.every(({ variable }) => /KEY|TOKEN/.test(variable));
    throw envError(report.faults, keysOnly ? "authentication" : "invalid-request");
  }
  const defaults = { ...rest, model: report.model, embeddingModel: report.embeddingModel };
  const sourceOf = sourceFor(options.env ?? processEnv(), report);
  if (retry === false) return assembleLLM(report.adapters, sourceOf, { ...defaults, timeout });
  // The limit on the whole call spans its attempts; the others hold for each.
  const { total, ...others } = timeout ?? {};
  const policy = retrying({ ...report.settings.retry, ...retry }, total);
  return assembleLLM(report.adapters, sourceOf, { ...defaults, timeout: others }, policy);
}

/** What `inspectEnv` of from-env.ts does. */
export async function inspectEnv(options: FromEnvOptions = {}): Promise<EnvReport> {
  const env = options.env ?? processEnv();
  const settings = readEnv(env);
  const faults = [...settings.faults];
  const adapters: Adapter[] = [];
  const load = async (
    variable: string,
    name: string | undefined,
  ): Promise<{ adapter: Adapter; model: string } | undefined> => {
    if (name === undefined) return undefined;
    try {
      const found = await findAdapter(name, options);
      const fault = contractFault(found.adapter);
      if (fault) throw fault;
      if (!adapters.some(({ id }) => id === found.adapter.id)) adapters.push(found.adapter);
      return found;
    } catch (error) {
      if (!isLLMError(error)) throw error;
      const { message, cause } = error;
      faults.push({ variable, value: name, message, ...(cause !== undefined && { cause }) });
      return undefined;
    }
  };
  if (
    settings.model === undefined &&
    settings.embeddingModel === undefined &&
    !faults.some(({ variable }) => variable === "LLM_MODEL")
  ) {
    faults.push({ variable: "LLM_MODEL", value: undefined, message: "expected prefix/model, such as ollama/llama3.2" });
  }
  const chat = await load("LLM_MODEL", settings.model);
  const embedding = await load("LLM_EMBEDDING_MODEL", settings.embeddingModel);
  if (chat?.model === "") {
    faults.push({ variable: "LLM_MODEL", value: settings.model, message: `expected ${chat.adapter.id}/<model>` });
  }
  const report = {
    settings,
    adapters,
    model: chat && `${chat.adapter.id}/${chat.model}`,
    embeddingModel: undefined as string | undefined,
    faults,
  };
  if (embedding) {
    const deployment = env.LLM_EMBEDDING_DEPLOYMENT_NAME?.trim();
    const takesDeployment = "embeddingDeployment" in embedding.adapter.env;
    const model = embedding.model || (takesDeployment && deployment) || embedding.adapter.embeddingModel;
    if (model) report.embeddingModel = `${embedding.adapter.id}/${model}`;
    else {
      const also = takesDeployment ? ", or LLM_EMBEDDING_DEPLOYMENT_NAME" : "";
      faults.push({
        variable: "LLM_EMBEDDING_MODEL",
        value: settings.embeddingModel,
        message: `expected ${embedding.adapter.id}/<model>${also}`,
      });
    }
  }
  const sourceOf = sourceFor(env, report);
  const config = await Promise.all(
    adapters.map(async (adapter) => ({ adapter, settings: await adapter.describe(sourceOf(adapter)) })),
  );
  for (const { settings: resolved } of config) {
    for (const setting of resolved) {
      if (setting.fault) {
        const { source, variables, value, fault } = setting;
        faults.push(
          source === undefined || source === "config"
            ? { variable: variables.join(" or "), value: undefined, message: fault.replace(/^is not set; /, "") }
            : { variable: source, value, message: fault },
        );
      }
    }
  }
  // A key or a password may have come in the wrong variable.
  const keys = Object.keys(env).filter((name) => /_(KEY|TOKEN)$/.test(name));
  const secrets = keys.flatMap((name) => env[name]?.trim() || []);
  const clean = (text: string | undefined): string | undefined => text && redact(text, secrets);
  return {
    ...report,
    faults: faults.map((fault) => ({ ...fault, value: clean(fault.value), message: redact(fault.message, secrets) })),
    config: config.map(({ adapter, settings: resolved }) => ({
      adapter,
      settings: resolved.map((setting) => ({ ...setting, value: clean(setting.value) })),
    })),
  };
}

/** The general variables are the chat model's; an adapter that only embeds is fed what can be meant for no other. */
function sourceFor(
  variables: Readonly<Record<string, string | undefined>>,
  report: Pick<EnvReport, "model" | "embeddingModel">,
): (adapter: Adapter) => EnvSource {
  const main = splitModel(report.model ?? report.embeddingModel ?? "").prefix;
  return ({ id }) => ({ variables, general: id === main ? true : ["embeddingDeployment", "apiVersion"] });
}

/** The adapter that a model name means: one that was handed in, or one that is imported. */
async function findAdapter(name: string, options: FromEnvOptions): Promise<{ adapter: Adapter; model: string }> {
  const given = options.adapters ?? [];
  const asPrefix = given.find((adapter) => hasPrefix(adapter, name));
  if (asPrefix) return { adapter: asPrefix, model: "" };
  const here = candidates(given, name);
  if (here.adapters.length === 1 && here.adapters[0]) return { adapter: here.adapters[0], model: here.model };
  const { prefix, model } = splitModel(name);
  const known = candidates(KNOWN_ADAPTERS, name).adapters;
  const prefixOnly = prefix === undefined ? KNOWN_ADAPTERS.filter((adapter) => hasPrefix(adapter, name)) : [];
  const several = new Set((here.adapters.length > 1 ? here.adapters : known).map(({ id }) => id));
  if (several.size > 1)
    throw notFound(`several adapters claim it: say ${[...several].map((id) => `${id}/${name}`).join(" or ")}`);
  const official = known.length > 0 ? known : prefixOnly;
  if (prefix === undefined && official.length === 0) {
    const prefixes = [...new Set([...given, ...KNOWN_ADAPTERS].map(({ id }) => id))].join(", ");
    throw notFound(`no adapter claims this bare name; expected prefix/model (prefixes: ${prefixes}, and others)`);
  }
  const packages = official.length > 0 ? official.map((row) => row.package) : communityPackages(prefix as string);
  const load = options.import ?? importerFrom(options.from);
  for (const packageName of packages) {
    try {
      const adapter = adapterOf(await load(packageName), packageName, official[0]?.id ?? (prefix as string));
      if (contractFault(adapter)) throw contractFault(adapter, await packageFacts(packageName, options));
      return { adapter, model: prefixOnly.length > 0 ? "" : model };
    } catch (error) {
      if (isLLMError(error)) throw error;
      if (isNotInstalled(error, packageName)) continue;
      const advice = importAdvice(error, await packageFacts(packageName, options));
      throw notFound(`the package ${packageName} could not be imported: ${error}${advice}`, error);
    }
  }
  if (official.length > 0) {
    const [first, ...others] = packages;
    const or = others.length > 0 ? ` (or ${others.join(", ")})` : "";
    throw notFound(`its adapter is not installed: npm install ${first}${or}`);
  }
  const { nearestPrefix } = await import("./nearest-prefix.js");
  const near = await nearestPrefix(prefix as string, [...given, ...KNOWN_ADAPTERS]);
  const guess = near ? `; did you mean "${near}"?` : "";
  throw notFound(
    `no adapter for the prefix "${prefix}" is installed${guess} (neither ${packages.join(" nor ")} was found; npm install ${packages.at(-1)} if there is one)`,
  );
}

async function packageFacts(name: string, { from }: FromEnvOptions): Promise<AdapterPackage> {
  return { name, core: await coreRangeOf(name, from) };
}

function communityPackages(prefix: string): string[] {
  // Only what can be a package's name reaches the importer, never a path.
  if (!/^[a-z][a-z\d_.-]*$/.test(prefix)) throw notFound(`"${prefix}" can't be a prefix`);
  return [`@llmux/${prefix.replaceAll("_", "-")}`, `llmux-adapter-${prefix}`];
}

/** A package's default export: its adapter, or a list of which one has the prefix. */
function adapterOf(module: unknown, packageName: string, prefix: string): Adapter {
  const { default: exported } = (module ?? {}) as { default?: unknown };
  const isAdapter = (value: Partial<Adapter> | undefined): value is Adapter =>
    typeof value?.createBackend === "function" && typeof value.id === "string";
  if (Array.isArray(exported)) {
    const found = exported.filter(isAdapter).find((adapter) => hasPrefix(adapter, prefix));
    if (found) return found;
    throw notFound(`the package ${packageName} has no adapter with the prefix "${prefix}" in its default export`);
  }
  if (isAdapter(exported as Partial<Adapter> | undefined)) return exported as Adapter;
  throw notFound(`the package ${packageName} has no adapter as its default export`);
}

function notFound(message: string, cause?: unknown): LLMError {
  return new LLMError({ kind: "not-found", parameter: "model", message, ...(cause !== undefined && { cause }) });
}
