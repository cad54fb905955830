import { createInterface } from "node:readline/promises";
import { createLLM, inspectEnv, type LLM, LLMError } from "@llmux/core";
import { ollama } from "@llmux/ollama";
import { colorsFor, type IO } from "./io.js";
import { startOffline } from "./offline.js";
import { RetryWait } from "./retry-notice.js";
import { adapters, connect, type Env } from "./wiring.js";

/** A connection to what the environment names, or to the offline provider. */
export interface Session extends AsyncDisposable {
  readonly llm: LLM;
  /** As `prefix/model`. */
  readonly model: string | undefined;
  readonly offline: boolean;
  /** The wait for a retry, while there is one. */
  readonly wait: RetryWait;
  /** Goes on with another model. @throws LLMError, and everything stays as it was */
  use(model: string): Promise<void>;
}

export interface SessionOptions {
  /** Stands in for LLM_MODEL. */
  model?: string | undefined;
  /** Stands in for LLM_EMBEDDING_MODEL. */
  embeddingModel?: string | undefined;
  /** A person is there to be asked. */
  interactive?: boolean | undefined;
}

/** @throws LLMError that lists everything that is wrong with the environment */
export async function openSession(io: IO, options: SessionOptions = {}): Promise<Session> {
  const { model: asked, embeddingModel, interactive = false } = options;
  let env: Env = asked === undefined ? io.env : await withModel(io.env, asked);
  if (embeddingModel !== undefined) env = { ...env, LLM_EMBEDDING_MODEL: embeddingModel };
  let stop: () => Promise<void> = async () => {};
  let offline = false;
  if (isUnset(env)) {
    const local = await localModels(env);
    const chosen = interactive && local?.[0] ? await offer(io, local[0]) : undefined;
    if (chosen !== undefined) env = { ...env, LLM_MODEL: chosen };
    else {
      offline = true;
      io.stderr.write(`${colorsFor(io.stderr, env).cyan(offlineNotice(local))}\n`);
      ({ env, stop } = await startOffline(env, Boolean(io.stdout.isTTY)));
    }
  }
  const wait = new RetryWait(io);
  const open = async (source: Env): Promise<{ llm: LLM; model: string | undefined }> => ({
    llm: await connect(source, wait.show, offline),
    model: (await inspectEnv({ env: source, adapters })).model,
  });
  try {
    let current = await open(env);
    return {
      get llm() {
        return current.llm;
      },
      get model() {
        return current.model;
      },
      offline,
      wait,
      async use(model) {
        current = await open(await withModel(env, model));
      },
      async [Symbol.asyncDispose]() {
        wait.clear();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whether nothing says which provider is wanted. A key or an address alone does: something is then missing, and is told. */
export function isUnset(env: Env): boolean {
  return ["LLM_MODEL", "LLM_EMBEDDING_MODEL", "LLM_API_KEY", "LLM_BASE_URL"].every((name) => !env[name]?.trim());
}

/**
 * The environment with another model. Where that is another provider's, the general key and address are left out: they are
 * meant for the one that `LLM_MODEL` names, and no provider is to be sent another's key.
 */
export async function withModel(env: Env, model: string): Promise<Env> {
  const changed = { ...env, LLM_MODEL: model };
  if (!env.LLM_MODEL?.trim()) return changed;
  const [before, after] = await Promise.all([providerOf(env.LLM_MODEL), providerOf(model)]);
  if (before === after) return changed;
  // Without its key the embedding model would be a fault, and nothing here embeds.
  const others = { LLM_API_KEY: undefined, LLM_BASE_URL: undefined, LLM_API_VERSION: undefined };
  return { ...changed, ...others, LLM_EMBEDDING_MODEL: undefined };
}

async function providerOf(model: string): Promise<string | undefined> {
  const report = await inspectEnv({ env: { LLM_MODEL: model }, adapters });
  return report.adapters[0]?.id;
}

/** The chat models of an Ollama on this machine, as `ollama/model`; `undefined` where none runs. */
export async function localModels(env: Env): Promise<readonly string[] | undefined> {
  try {
    const models = await createLLM({ adapters: [ollama], env }).listModels({ timeout: { total: 500 } });
    return models.map(({ id }) => id).filter((id) => !/embed|bge|minilm/i.test(id));
  } catch {
    return undefined;
  }
}

/** @throws LLMError `aborted` at Ctrl-C or Ctrl-D */
async function offer(io: IO, model: string): Promise<string | undefined> {
  const readline = createInterface({ input: io.stdin, output: io.stdout, terminal: true });
  const abort = new AbortController();
  readline.once("SIGINT", () => abort.abort());
  readline.once("close", () => abort.abort());
  try {
    const question = `An Ollama is running. Chat with ${model}? [Y/n] `;
    const reply = await readline.question(question, { signal: abort.signal });
    if (!/^\s*(y|yes|)\s*$/i.test(reply)) return undefined;
    io.stderr.write(`LLM_MODEL=${model} does so without asking.\n`);
    return model;
  } catch (cause) {
    io.stdout.write("\n");
    throw new LLMError({ kind: "aborted", message: "left before the chat began", cause });
  } finally {
    readline.close();
  }
}

function offlineNotice(local: readonly string[] | undefined): string {
  const how = local?.[0]
    ? `An Ollama is running: LLM_MODEL=${local[0]} uses it.`
    : `For a real model, set LLM_MODEL: ollama/llama3.2, or openai/gpt-4o with OPENAI_API_KEY (--help has more)${local ? "; an Ollama is running, but holds no model yet: ollama pull llama3.2" : ""}.`;
  return `LLM_MODEL is not set, so the offline provider answers. ${how}`;
}
