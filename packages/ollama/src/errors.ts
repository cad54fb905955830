import { LLMError, type LLMErrorFacts } from "@llmux/core/adapter";
import { written } from "@llmux/core/answers";
import { connectionFacts, kindFromStatus, retryAfterFrom } from "@llmux/core/failures";
import { isReply, type Reply } from "./reply.js";

/** Ollama has no error codes, so its texts tell what went wrong. Texts from `server/routes.go`, `server/sched.go`, `llm/`. */
const TEXTS: readonly [RegExp, Pick<LLMErrorFacts, "kind" | "parameter">][] = [
  [
    /model .*not found|try pulling it first|file does not exist|no such model/i,
    { kind: "not-found", parameter: "model" },
  ],
  [/context (length|window|size)/i, { kind: "context-window-exceeded" }],
  [/does not support tools/i, { kind: "invalid-request", parameter: "tools" }],
  [/does not support thinking|think value/i, { kind: "invalid-request", parameter: "reasoning" }],
  [/does not support/i, { kind: "invalid-request", parameter: "model" }],
  [/server busy|maximum pending requests/i, { kind: "overloaded" }],
  [/requires a subscription/i, { kind: "permission" }],
  [/usage limit|quota|upgrade (for|your|to)/i, { kind: "quota-exceeded" }],
  [/^unauthorized|not currently signed in|invalid api key/i, { kind: "authentication" }],
];

/** The facts in an error text of Ollama's; `status` is that of the answer it came in, none where it came in mid-stream. */
export function factsFromText(text: string, model: string, status?: number): LLMErrorFacts {
  const known = TEXTS.find(([pattern]) => pattern.test(text))?.[1];
  // A text may quote a context or a model in passing: it refines a client's error, but does not make a server's failure into one.
  const fits = known && (status === undefined || status < 500 || known.kind === "overloaded");
  const facts: LLMErrorFacts = {
    message: text,
    ...(fits ? known : { kind: status === undefined ? ("server" as const) : kindFromStatus(status) }),
    status,
  };
  if (facts.kind === "not-found" && known?.kind === "not-found" && model !== "") {
    facts.message = `Ollama has no model "${model}" (${text}). Pull it first: ollama pull ${model}`;
  } else if (facts.kind === "authentication") {
    facts.message = `${text}. Set OLLAMA_API_KEY for ollama.com, or run "ollama signin" on the machine that runs Ollama`;
  }
  return facts;
}

/** The error that a failed HTTP answer, or a web page in place of one, stands for. Reads its body. */
export async function errorFromResponse(response: Response, model: string, baseURL: string): Promise<LLMError> {
  const { status, headers, url } = response;
  if (response.ok) {
    return malformed("The server answered with a web page", await response.text().catch(() => "<"), baseURL);
  }
  const body = await response.text().catch(() => "");
  const text = errorText(body);
  const shared = { retryAfter: retryAfterFrom(headers), requestId: headers.get("x-request-id") ?? undefined };
  if (text !== undefined) return new LLMError({ ...factsFromText(text, model, status), ...shared });
  const kind = kindFromStatus(status);
  const said = body.trim() === "" || /^\s*</.test(body) ? response.statusText : body.trim().slice(0, 300);
  const hint = kind === "not-found" ? "Is that the address of an Ollama server?" : "";
  const message = `${withoutCredentials(url)} answered ${status}${said ? `: ${said}` : ""}. ${hint}`.trim();
  return new LLMError({ kind, message, status, ...shared });
}

function errorText(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (typeof error === "string" && error !== "") return error;
    const message = (error as { message?: unknown } | undefined)?.message;
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

/** The error for an answer that is an error under status 200, no reply of Ollama's, or one that is not finished. */
export function errorFromReply(reply: Pick<Reply, "error"> | null, model: string): LLMError {
  const { error } = reply ?? {};
  if (error !== undefined && error !== null) {
    const { message } = error as { message?: unknown };
    const text = [error, message].find((said) => typeof said === "string") ?? written(error);
    return new LLMError(factsFromText(text as string, model));
  }
  const what = isReply(reply as Reply | null) ? "a finished reply" : "a reply of Ollama's";
  return malformed(`The server's answer is not ${what}`, written(reply));
}

/** The error for a stream's line that is not JSON: cut off, where it is what was left at the end of the body. */
export function errorFromLine(line: string, { exhausted }: { exhausted: boolean }, cause: unknown): LLMError {
  if (exhausted) return new LLMError({ kind: "connection", message: "The stream was cut off within a line", cause });
  return malformed("The stream holds a line that is not JSON", line, undefined, cause);
}

/** The error for an answer that is not Ollama's JSON. */
export function malformed(what: string, text: string, baseURL?: string, cause?: unknown): LLMError {
  const hint = /^\s*</.test(text) && baseURL ? `. Is ${baseURL} the address of an Ollama server?` : "";
  return new LLMError({ kind: "malformed-response", message: `${what}${hint}`, text: text.slice(0, 10_000), cause });
}

/**
 * What failing to reach the server means, or, once it has begun to answer, failing to hear it out; `undefined` where the error is
 * something else.
 */
export function connectionFailure(error: unknown, baseURL: string, answered: boolean): LLMErrorFacts | undefined {
  // The SDK's own word, of a stream that was asked for.
  if (error instanceof Error && error.message === "Missing body")
    return { kind: "malformed-response", message: `${baseURL} answered without a body` };
  const facts = connectionFacts(error, baseURL);
  if (facts?.kind === "connection") {
    const code = facts.code === undefined ? "" : ` (${facts.code})`;
    if (answered) facts.message = `The connection to ${baseURL} broke before the answer was whole${code}`;
    else if (facts.code === "ECONNREFUSED" || facts.code === "ConnectionRefused") {
      facts.message = `Ollama is not running at ${baseURL}${code}. Start it with "ollama serve" or the Ollama app, or set OLLAMA_HOST to where it runs`;
    } else
      facts.message += `. Does Ollama run there? Start it with "ollama serve", or set OLLAMA_HOST to where it runs`;
  } else if (facts?.code === "UND_ERR_HEADERS_TIMEOUT") {
    facts.message +=
      ". Node's fetch gives up after five minutes without an answer: stream the reply, or hand in a fetch that waits longer";
  }
  return facts;
}

/** The error for a request that did not reach the server, or `error` itself where that is not what it means. */
export function unreachable(error: unknown, baseURL: string): unknown {
  const facts = connectionFailure(error, baseURL, false);
  return facts ? new LLMError({ cause: error, ...facts }) : error;
}

function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//");
}
