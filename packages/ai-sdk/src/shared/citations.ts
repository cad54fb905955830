import type { LanguageModelV4Citation, LanguageModelV4Source } from "@ai-sdk/provider";
import type { Citation } from "@llmux/core";

export function fromSource(source: LanguageModelV4Source): Citation {
  return {
    ...(source.sourceType === "url" && { url: source.url }),
    ...(source.title !== undefined && { title: source.title }),
    raw: source,
  };
}

export function fromModelCitation(citation: LanguageModelV4Citation): Citation {
  const { source, startIndex, endIndex, citedText } = citation;
  return {
    ...fromSource(source),
    ...(citedText !== undefined && { text: citedText }),
    ...(startIndex !== undefined && { start: startIndex }),
    ...(endIndex !== undefined && { end: endIndex }),
    raw: citation,
  };
}

/** The sources of a text's citations, each once, and the citations where they are more than a source. */
export function toModelCitations(
  citations: readonly Citation[],
  nextId: () => string,
): { sources: LanguageModelV4Source[]; citations: LanguageModelV4Citation[] } {
  const sources = new Map<string, LanguageModelV4Source>();
  const cited: LanguageModelV4Citation[] = [];
  for (const citation of citations) {
    const { raw } = citation as { raw?: Partial<LanguageModelV4Citation> & Partial<LanguageModelV4Source> };
    if (raw?.type === "source") {
      sources.set(raw.id as string, raw as LanguageModelV4Source);
      continue;
    }
    if (raw?.source?.type === "source") {
      sources.set(raw.source.id, raw.source);
      cited.push(raw as LanguageModelV4Citation);
      continue;
    }
    const key = citation.url ?? citation.title ?? "";
    const source = sources.get(key) ?? sourceOf(citation, nextId());
    sources.set(key, source);
    cited.push({
      source,
      ...(citation.start !== undefined && { startIndex: citation.start }),
      ...(citation.end !== undefined && { endIndex: citation.end }),
      ...(citation.text !== undefined && { citedText: citation.text }),
    });
  }
  return { sources: [...sources.values()], citations: cited };
}

function sourceOf({ url, title }: Citation, id: string): LanguageModelV4Source {
  if (url !== undefined) return { type: "source", sourceType: "url", id, url, ...(title !== undefined && { title }) };
  return { type: "source", sourceType: "document", id, mediaType: "text/plain", title: title ?? "document" };
}
