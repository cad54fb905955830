import type { AssistantPart, Citation, ProviderMetadata, ResponseInfo, Usage } from "@llmux/core";
import type { AdapterBackend, AdapterEvent } from "@llmux/core/adapter";
import type { HostRow } from "./host-row.js";
import { splitThinking, ThinkingSplitter } from "./think-tags.js";

/** A backend that says in the neutral words what a host says in its own: names of models, tags, citations and costs. */
export function withDialect(backend: AdapterBackend, row: HostRow, thinkTags: boolean): AdapterBackend {
  const named = row.model ? withModelNames(backend, row.model) : backend;
  if (!thinkTags && !row.citations && !row.cost && !row.requestIdHeader) return named;
  return {
    ...named,
    async generate(request, context) {
      const result = await named.generate(request, context);
      const { providerMetadata: metadata } = result;
      const content = thinkTags ? splitThinking(result.content) : [...result.content];
      const citations = row.citations && citationsOf(metadata?.[row.id]);
      const last = content.findLastIndex(({ type }) => type === "text");
      if (citations && last >= 0) content[last] = { ...(content[last] as AssistantPart & { type: "text" }), citations };
      const response = withRequestId(row, result.response);
      return { ...result, content, response, ...withCost(row, metadata, result.usage, response) };
    },
    async *stream(request, context) {
      const splitter = thinkTags ? new ThinkingSplitter() : undefined;
      const ending = new Ending(row);
      for await (const batch of named.stream(request, context)) {
        const events: readonly AdapterEvent[] = "type" in batch ? [batch] : batch;
        const split = splitter ? events.flatMap((event) => splitter.push(event)) : events;
        yield split.flatMap((event) => ending.push(event));
      }
    },
  };
}

function withModelNames(backend: AdapterBackend, [pattern, replacement]: readonly [RegExp, string]): AdapterBackend {
  const named = <R extends { model: string }>(request: R): R => ({
    ...request,
    model: request.model.replace(pattern, replacement),
  });
  return {
    ...backend,
    generate: (request, context) => backend.generate(named(request), context),
    stream: (request, context) => backend.stream(named(request), context),
  };
}

/** Adds to a stream's last events what is only known from its very last one. */
class Ending {
  #held: (AdapterEvent & { type: "text-end" }) | undefined;
  #response: ResponseInfo | undefined;

  constructor(private readonly row: HostRow) {}

  push(event: AdapterEvent): readonly AdapterEvent[] {
    const { row } = this;
    const before = this.#held;
    this.#held = undefined;
    if (event.type === "start") {
      this.#response = withRequestId(row, event.response);
      return [{ ...event, response: this.#response }];
    }
    // A text that ends may be the last one, which the citations belong to.
    if (event.type === "text-end" && row.citations) {
      this.#held = event;
      return before ? [before] : [];
    }
    if (event.type !== "finish") return before ? [before, event] : [event];
    const citations = before && citationsOf(event.providerMetadata?.[row.id]);
    const finish = { ...event, ...withCost(row, event.providerMetadata, event.usage, this.#response) };
    return before ? [{ ...before, ...(citations && { citations }) }, finish] : [finish];
  }
}

function withRequestId({ requestIdHeader: name }: HostRow, response: ResponseInfo): ResponseInfo {
  const requestId = response.requestId ?? (name === undefined ? undefined : response.headers?.[name]);
  return requestId === undefined ? response : { ...response, requestId };
}

interface Searched {
  citations?: unknown;
  search_results?: unknown;
}

/** The pages that a text rests on: `search_results` with their titles, or `citations`, which are URLs alone. */
function citationsOf(metadata: Searched | undefined): Citation[] | undefined {
  const { citations, search_results: results } = metadata ?? {};
  const list = Array.isArray(results) && results.length > 0 ? results : citations;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list.map((raw: string | { url?: string; title?: string } | null) => {
    const { url, title } = typeof raw === "string" ? { url: raw, title: undefined } : (raw ?? {});
    return { ...(url !== undefined && { url }), ...(title !== undefined && { title }), raw };
  });
}

function withCost(
  { id, cost }: HostRow,
  metadata: ProviderMetadata | undefined,
  usage: Usage,
  response: ResponseInfo | undefined,
): { providerMetadata?: ProviderMetadata } {
  const told = cost?.header ? response?.headers?.[cost.header] : cost?.usage && at(usage.raw, cost.usage);
  const amount = told === undefined || told === null || told === "" ? Number.NaN : Number(told);
  if (!cost || !Number.isFinite(amount)) return metadata ? { providerMetadata: metadata } : {};
  return { providerMetadata: { ...metadata, [id]: { ...metadata?.[id], costUSD: amount / (cost.perUSD ?? 1) } } };
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split(".")) found = (found as Record<string, unknown> | null | undefined)?.[key];
  return found;
}
