// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what stands in the adapter's text
import type { Adapter, LLMBackend } from "@llmux/core";
import { withRetry } from "@llmux/core";
import type { Edit, Mutant } from "./mutant.js";

const without = (file: Edit[0], from: string, caughtBy: string): Mutant => ({
  fault: `leaves out: ${from}`,
  edits: [[file, from, ""]],
  caughtBy: [caughtBy],
});

/** An adapter whose backend is another. */
const around =
  (change: (backend: LLMBackend) => LLMBackend) =>
  (adapter: Adapter): Adapter => ({ ...adapter, createBackend: (env) => change(adapter.createBackend(env)) });

let kept: AbortSignal | undefined;

/** Adapters that ask wrongly, leave wrongly, fail wrongly, or tell what they must not. */
export const REQUEST_MUTANTS: readonly Mutant[] = [
  without("to-wire", '{ role: "system", content: message.content.map(toText) }', "conversation"),
  {
    fault: "sends the first part of a message only",
    edits: [
      [
        "to-wire",
        "flatMap((part) => toUserPart(part, context))",
        "slice(0, 1).flatMap((part) => toUserPart(part, context))",
      ],
    ],
    caughtBy: ["conversation-parts"],
  },
  without("backend", "headers: headersToObject(headers), ", "result-facts"),
  without("backend", 'requestId: headers.get("x-request-id") ?? undefined', "request-id"),
  {
    fault: "sends no descriptions of tools",
    edits: [["to-wire", "{ name, description, parameters: inputSchema }", "{ name, parameters: inputSchema }"]],
    caughtBy: ["tools-sent"],
  },
  without("to-wire", "tool_call_id: part.toolCallId,", "tool-history"),
  {
    fault: "sends results that are texts only",
    edits: [["to-wire", 'output.map((part) => textOf(part, context)).join("\\n")', '""']],
    caughtBy: ["tool-history-values"],
  },
  {
    fault: "does not say that a tool failed",
    edits: [["to-wire", "return isError ? `The tool failed: ${text}` : text;", "return text;"]],
    caughtBy: ["tool-errors"],
  },
  {
    fault: "can't send back what it could not read",
    edits: [["to-wire", "arguments: toolInputText(part)", "arguments: JSON.stringify(part.input).toString()"]],
    caughtBy: ["tool-history-broken"],
  },
  {
    fault: "forces any tool where one is named",
    edits: [["to-wire", '{ type: "function", function: { name: toolChoice.tool } }', '"required"']],
    caughtBy: ["tool-choice"],
  },
  {
    fault: "sends no schema",
    edits: [["to-wire", "json_schema: { name, schema, strict: true }", "json_schema: { name }"]],
    caughtBy: ["structured-output"],
  },
  {
    fault: "takes a natural end for a filter, so that nobody reads the reply",
    edits: [["from-wire", '["stop", "stop"]', '["stop", "content-filter"]']],
    caughtBy: ["structured-output-invalid", "json-mode-broken"],
  },
  {
    fault: "does not ask for JSON",
    edits: [["to-wire", '{ type: "json_object" }', "undefined"]],
    caughtBy: ["json-mode"],
  },
  without("to-wire", "temperature: request.temperature,", "parameter-temperature"),
  without("to-wire", "top_p: request.topP,", "parameter-top-p"),
  without("to-wire", "max_tokens: request.maxTokens,", "parameter-max-tokens"),
  without("to-wire", "seed: request.seed,", "parameter-seed"),
  without("to-wire", "stop: request.stopSequences,", "parameter-stop-sequences"),
  without("to-wire", "frequency_penalty: request.frequencyPenalty,", "parameter-frequency-penalty"),
  without("to-wire", "presence_penalty: request.presencePenalty,", "parameter-presence-penalty"),
  without("to-wire", "user: request.user,", "parameter-user"),
  without("to-wire", "reasoning_effort: request.reasoning?.effort,", "parameter-reasoning-effort"),
  without("to-wire", "parallel_tool_calls: request.parallelToolCalls,", "parameter-parallel-tool-calls"),
  without(
    "to-wire",
    'if (request.topK !== undefined) context.unsupported("topK", "there is no such parameter");',
    "parameter-top-k",
  ),
  without("to-wire", "...request.providerOptions?.reference,", "provider-options"),
  {
    fault: "sends the options of every provider",
    edits: [
      [
        "to-wire",
        "...request.providerOptions?.reference,",
        "...Object.assign({}, ...Object.values(request.providerOptions ?? {})),",
      ],
    ],
    caughtBy: ["provider-options-foreign"],
  },
  {
    fault: "adds the caller's headers to its own",
    edits: [["backend", "headers.set(name, value)", "headers.append(name, value)"]],
    caughtBy: ["headers"],
  },
  {
    fault: "sends no image",
    edits: [["to-wire", "image_url: { url: toDataURL(source) }", "image_url: {}"]],
    caughtBy: ["image-bytes", "image-url"],
  },
  { fault: "sends no file", edits: [["to-wire", ", file_data: toDataURL(source)", ""]], caughtBy: ["file-bytes"] },
  { fault: "sends no sound", edits: [["to-wire", "data: source.base64, ", ""]], caughtBy: ["audio-bytes"] },
  {
    fault: "drops in silence what it can't send",
    edits: [["to-wire", "context.unsupported(`${part.type}.data`, `the host takes none by ${source.kind}`);", ""]],
    caughtBy: ["file-url", "audio-url", "image-id", "file-id", "audio-id"],
  },
  {
    fault: "forgets what was thought",
    edits: [["to-wire", '...(joined("reasoning") !== null && { reasoning_content: joined("reasoning") }),', ""]],
    caughtBy: ["reasoning-handback"],
  },
  {
    fault: "embeds more in one request than the host takes",
    edits: [["backend", "const BATCH = 8;", "const BATCH = 100;"]],
    caughtBy: ["embeddings"],
  },
  {
    fault: "counts the tokens of the last request only",
    edits: [["backend", "total + tokens", "tokens"]],
    caughtBy: ["embedding-usage"],
  },
  {
    fault: "does not count vectors",
    edits: [["from-wire", "if (data?.length !== count) throw malformed(text);", ""]],
    caughtBy: ["embedding-count"],
  },
  {
    fault: "does not send the length of vectors",
    edits: [["backend", "{ model, input, dimensions, ", "{ model, input, "]],
    caughtBy: ["dimensions"],
  },
  {
    fault: "leaves out a model",
    edits: [
      ["backend", "data.map((raw) => ({ id: raw.id, raw }))", "data.slice(1).map((raw) => ({ id: raw.id, raw }))"],
    ],
    caughtBy: ["list-models"],
  },
  {
    fault: "counts tokens, though it says that it can't",
    edits: [
      [
        "backend",
        "async listModels(request, context) {",
        "async countTokens() { return { inputTokens: 1 }; },\nasync listModels(request, context) {",
      ],
    ],
    caughtBy: ["count-tokens"],
  },
  {
    fault: "ignores the signal",
    hangs: true,
    edits: [["backend", "signal: call.signal,", ""]],
    caughtBy: [
      "abort-while-waiting",
      "abort-during-stream",
      "timeout-total",
      "timeout-first-event",
      "timeout-between-events",
    ],
  },
  {
    fault: "goes on reading what nobody reads",
    hangs: true,
    edits: [
      ["backend", "signal: call.signal,", ""],
      ["backend", "readServerSentEvents(response.body)", "readServerSentEvents(response.body.tee()[0])"],
    ],
    caughtBy: ["break-closes-socket"],
  },
  {
    fault: "asks though nobody wants the answer any more",
    wrap: around((backend) => ({ ...backend, generate: ({ signal: _, ...request }) => backend.generate(request) })),
    caughtBy: ["abort-before"],
  },
  {
    fault: "keeps the first call's signal for those that follow",
    wrap: around((backend) => ({
      ...backend,
      generate: (request) => {
        kept ??= request.signal;
        return backend.generate({ ...request, signal: kept });
      },
    })),
    caughtBy: ["abort-after"],
  },
  {
    fault: "takes every failure for the server's",
    edits: [["errors", "kind: KINDS.get(error.code) ?? kindFromStatus(status),", 'kind: "server",']],
    caughtBy: [
      "error-authentication",
      "error-permission",
      "error-not-found",
      "error-invalid-request",
      "error-context-window-exceeded",
      "error-content-policy",
      "error-rate-limit",
      "error-quota-exceeded",
      "error-overloaded",
    ],
  },
  {
    fault: "takes the server's failures for the caller's",
    edits: [["errors", "kind: KINDS.get(error.code) ?? kindFromStatus(status),", 'kind: "invalid-request",']],
    caughtBy: ["error-server"],
  },
  {
    fault: "takes seconds for milliseconds",
    edits: [["errors", "retryAfter: retryAfterFrom(headers),", 'retryAfter: Number(headers.get("retry-after")),']],
    caughtBy: ["error-retry-after"],
  },
  without("errors", 'requestId: headers.get("x-request-id") ?? undefined,', "error-request-id"),
  without("from-stream", "if (error) throw errorFromObject(error);", "error-in-stream"),
  {
    fault: "takes a connection that failed for an answer that can't be read",
    edits: [
      [
        "backend",
        "signal: call.signal,\n    });",
        'signal: call.signal,\n    }).catch(() => { throw malformed(""); });',
      ],
    ],
    caughtBy: ["connection-lost", "connection-refused"],
  },
  {
    fault: "tries again",
    wrap: around((backend) => withRetry(backend, { retries: 1, minWait: 0, maxWait: 0 })),
    caughtBy: ["no-retry"],
  },
  {
    fault: "does not say that its key is one",
    edits: [["adapter", "secret: true, ", ""]],
    caughtBy: [
      "key-in-error-body",
      "key-in-error-headers",
      "key-in-malformed-answer",
      "key-in-stream-error",
      "key-in-malformed-url",
      "secrets-marked",
    ],
  },
  {
    fault: "names a URL that holds its key",
    edits: [
      ["adapter", "secret: true, ", ""],
      [
        "backend",
        "signal: call.signal,\n    });",
        "signal: call.signal,\n    }).catch(() => { throw new Error(`fetch failed: ${baseURL}`); });",
      ],
    ],
    caughtBy: ["key-in-url"],
  },
  {
    fault: "writes what it sends to the console",
    edits: [
      [
        "backend",
        'const method = body ? "POST" : "GET";',
        'const method = body ? "POST" : "GET"; process.stderr.write(String([...headers]));',
      ],
    ],
    caughtBy: ["key-written"],
  },
  {
    fault: "has a prefix that none can be",
    edits: [["adapter", 'aliases: ["ref"]', 'aliases: ["REF"]']],
    caughtBy: ["prefix"],
  },
  {
    fault: "asks for its models before it is asked",
    edits: [
      [
        "adapter",
        "createBackend: referenceBackend,",
        "createBackend: (config) => (void fetch(`${config.baseURL}/models`).catch(() => undefined), referenceBackend(config)),",
      ],
    ],
    caughtBy: ["create-sends-nothing"],
  },
  {
    fault: "reads all streams with one reader",
    edits: [
      [
        "backend",
        "const reader = new StreamReader();",
        "const reader = (globalThis.kitReader ??= new StreamReader());",
      ],
    ],
    caughtBy: ["concurrent"],
  },
  {
    fault: "throws errors that no core knows",
    wrap: around((backend) => ({
      ...backend,
      generate: (request) =>
        backend.generate(request).catch((error: Error) => {
          throw Object.assign(new Error(error.message), error);
        }),
    })),
    caughtBy: ["two-cores"],
  },
];
