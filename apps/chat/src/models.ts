import type { IO } from "./io.js";
import { openSession } from "./session.js";

export interface ModelsOptions {
  /** Only this provider's, by prefix. Default: those that the environment names. */
  provider?: string | undefined;
  json: boolean;
}

/** Lists models, each as `LLM_MODEL` takes it. @throws LLMError */
export async function models(io: IO, { provider, json }: ModelsOptions): Promise<void> {
  // Any model of the provider leads to its settings; none is called.
  await using session = await openSession(io, { model: provider && `${provider}/any` });
  const found = await session.llm.listModels({ provider });
  session.wait.clear();
  if (json) {
    io.stdout.write(`${JSON.stringify(found.map(({ raw: _raw, ...model }) => model))}\n`);
    return;
  }
  for (const { id } of found.toSorted((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }))) {
    io.stdout.write(`${id}\n`);
  }
  if (found.length === 0) io.stderr.write("There are no models.\n");
}
