import { appendFile } from "node:fs/promises";
import { isLLMError, type LLMBackend, OPTIONAL_CALLS, observeStream } from "@llmux/core";
import type { RecordedCall } from "./recording.js";
import { scrub } from "./scrub.js";

export interface RecordOptions {
  /** Further values that must not be kept, beside whatever looks like a key. Default: every `*_KEY`, `*_TOKEN` and `*_SECRET` of the environment. */
  secrets?: readonly string[] | undefined;
}

/**
 * A backend that does what the one behind does and writes each call to a file, a line each, when it is over: with keys, cookies and the
 * ids of organisations and people scrubbed. The lines are added to those that are there. For `replay`.
 *
 * ```ts
 * const llm = process.env.RECORD ? record(await fromEnv(), "calls.jsonl") : await replay("calls.jsonl");
 * ```
 */
export function record(backend: LLMBackend, file: string, options: RecordOptions = {}): LLMBackend {
  const secrets = options.secrets ?? secretsOf(process.env);
  let last: Promise<unknown> = Promise.resolve();
  // One after the other, so that calls side by side don't write into each other's lines.
  const write = (entry: RecordedCall): Promise<unknown> => {
    const line = `${JSON.stringify(scrub(entry, secrets))}\n`;
    last = last.then(() => appendFile(file, line));
    return last;
  };
  const failed = (error: unknown): Pick<RecordedCall, "error"> =>
    isLLMError(error) ? { error: { ...error.toJSON(), partial: error.partial, text: error.text } } : {};
  const recorded: LLMBackend = {
    provider: backend.provider,
    generate: (request) => call("generate", request, () => backend.generate(request)),
    async *stream(request) {
      const events: unknown[] = [];
      let end: Pick<RecordedCall, "error" | "left"> = {};
      try {
        yield* observeStream(backend.stream(request), {
          event: (event) => events.push(event),
          end: ({ error, left }) => {
            end = { ...failed(error), ...(left && { left }) };
          },
        });
      } finally {
        await write({ call: "stream", request: asked(request), events, ...end });
      }
    },
  };
  for (const name of OPTIONAL_CALLS) {
    if (!backend[name]) continue;
    const made = (request: object = {}): Promise<unknown> =>
      call(name, request, () => backend[name]!(request as never) as Promise<unknown>);
    recorded[name] = made as never;
  }
  return recorded;

  async function call<T>(name: string, request: object, run: () => Promise<T>): Promise<T> {
    try {
      const result = await run();
      await write({ call: name, request: asked(request), result });
      return result;
    } catch (error) {
      await write({ call: name, request: asked(request), ...failed(error) });
      throw error;
    }
  }
}

/** The request without what only this run knows. */
function asked(request: object): Record<string, unknown> {
  const { signal: _s, timeout: _t, ...rest } = request as Record<string, unknown>;
  return rest;
}

function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    /_(KEY|TOKEN|SECRET)$/.test(name) && value ? [value.trim()] : [],
  );
}
