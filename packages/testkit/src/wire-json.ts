import type { WireResponse } from "./dialect.js";

/** An answer that was changed in one place. */
export interface Variant {
  /** Which place. */
  where: string;
  response: WireResponse;
}

/**
 * The answer once for each value in its JSON (of a body, or of a line or a `data:` line of a stream), with another in its place (`undefined`:
 * it stays as it is). Events of one shape are changed once. What is not text is left alone, but for that in frames.
 */
export function* withEachValue(
  response: WireResponse,
  other: (value: unknown) => unknown,
): Generator<Variant, void, void> {
  const seen = new Set<string>();
  for (const [index, piece] of response.pieces.entries()) {
    for (const { start, json, end } of jsonLines(textOf(piece, response))) {
      for (const path of paths(json)) {
        // Items of a list are told apart by what they hold, not by their number.
        const steps = path.map((step, depth) =>
          typeof step === "number" ? shapeOf(at(json, path.slice(0, depth + 1))) : step,
        );
        const shape = `${steps.join(".")}|${shapeOf(json)}`;
        if (seen.has(shape)) continue;
        seen.add(shape);
        const value = other(at(json, path));
        if (value === undefined) continue;
        const where = `${JSON.stringify(value)} in place of ${path.join(".") || "the whole"}`;
        yield { where, response: replaced(response, index, start + JSON.stringify(put(json, path, value)) + end) };
      }
    }
  }
}

/** The answer with something else, as text, in place of the first value of one of its pieces; once for each. */
export function* withEachText(response: WireResponse, text: string): Generator<Variant, void, void> {
  for (const [index, piece] of response.pieces.entries()) {
    const [first] = jsonLines(textOf(piece, response));
    if (first) yield { where: `piece ${index}`, response: replaced(response, index, first.start + text + first.end) };
  }
}

/** The answer with these members, as text, added to each object in it. */
export function withMembers(response: WireResponse, members: string): WireResponse {
  const pieces = response.pieces.map((piece) => {
    const [first] = jsonLines(textOf(piece, response));
    if (!first) return piece;
    // Whatever stands in a text has its quotes escaped, and so does not look like the beginning of a member.
    const text = JSON.stringify(first.json).replace(/(?<=^|[:,[])\{(?=")/g, `{${members},`);
    return withText(piece, first.start + text + first.end, response);
  });
  return { ...response, pieces };
}

interface JSONLine {
  start: string;
  json: object;
  end: string;
}

function textOf(piece: string | Uint8Array, { frames }: WireResponse): string {
  return typeof piece === "string" ? piece : (frames?.text(piece) ?? "");
}

function withText(piece: string | Uint8Array, text: string, { frames }: WireResponse): string | Uint8Array {
  return typeof piece === "string" || !frames ? text : frames.withText(piece, text);
}

/** The lines of a piece that are JSON, each with what stands before and after it. */
function jsonLines(piece: string): JSONLine[] {
  const found: JSONLine[] = [];
  for (const match of piece.matchAll(/^(data:[ ]?)?([[{].*)$/gm)) {
    const [, label = "", text = ""] = match;
    try {
      const at = match.index + label.length;
      const json = JSON.parse(text) as object;
      found.push({ start: piece.slice(0, at), json, end: piece.slice(at + text.length) });
    } catch {
      // A line that merely looks like it.
    }
  }
  return found;
}

function* paths(value: unknown, path: (string | number)[] = []): Generator<(string | number)[], void, void> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* paths(inner, [...path, Array.isArray(value) ? Number(key) : key]);
}

function at(json: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce((value, step) => (value as Record<string | number, unknown>)[step], json);
}

function put(json: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const copy = (Array.isArray(json) ? [...json] : { ...(json as object) }) as Record<string | number, unknown>;
  copy[step] = put(copy[step], rest, value);
  return copy;
}

/** The names in it, however deep. */
function shapeOf(json: unknown): string {
  if (Array.isArray(json)) return `[${shapeOf(json[0])}]`;
  if (typeof json !== "object" || json === null) return "";
  return `{${Object.entries(json).map(([key, inner]) => key + shapeOf(inner))}}`;
}

function replaced(response: WireResponse, index: number, text: string): WireResponse {
  const piece = withText(response.pieces[index] as string | Uint8Array, text, response);
  return { ...response, pieces: response.pieces.with(index, piece) };
}
