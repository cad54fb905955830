import { type AdapterToolResultPart, LLMError } from "@llmux/core/adapter";
import { MADE_UP_ID, type Translation } from "./to-contents.js";
import { toMedia } from "./to-media.js";
import type { WirePart } from "./wire.js";

/**
 * Results of tools as parts. Text goes under `output`, or `error`, as the API's reference has it; JSON stays JSON. Images and files are
 * part of a result where the model takes that, else they follow the results.
 * @throws LLMError `invalid-request` for the result of a call that is not in the conversation and is not named
 */
export function toResults(results: readonly AdapterToolResultPart[], translation: Translation): WirePart[] {
  const after: WirePart[] = [];
  const parts = results.map((result): WirePart => {
    const { text, media } = split(result, translation);
    const functionResponse: Record<string, unknown> = {
      name: nameOf(result, translation),
      response: { [result.isError ? "error" : "output"]: jsonOf(text) },
    };
    if (!MADE_UP_ID.test(result.toolCallId)) functionResponse.id = result.toolCallId;
    if (media.length > 0) {
      if (translation.facts.modern) functionResponse.parts = media.map(({ mediaResolution: _, ...part }) => part);
      else {
        after.push(...media);
        const message = "This model takes no media in a tool's result; it was sent after the results";
        translation.context.warn({ type: "changed", parameter: "messages", message });
      }
    }
    return { functionResponse };
  });
  return [...parts, ...after];
}

function split({ output }: AdapterToolResultPart, { facts }: Translation): { text: string; media: WirePart[] } {
  if (typeof output === "string") return { text: output, media: [] };
  const texts: string[] = [];
  const media: WirePart[] = [];
  for (const piece of output) {
    if (piece.type === "text") texts.push(piece.text);
    else media.push(toMedia(piece, facts));
  }
  return { text: texts.join("\n"), media };
}

function nameOf({ toolName, toolCallId }: AdapterToolResultPart, { calls }: Translation): string {
  const name = toolName ?? calls.get(toolCallId)?.name;
  if (name !== undefined) return name;
  throw new LLMError({
    kind: "invalid-request",
    parameter: "messages",
    message: `The result of the tool call ${JSON.stringify(toolCallId)} needs a toolName: that call is not in the conversation`,
  });
}

/** JSON that was made into text on the way here; text that merely looks like it, or would change by being read, stays text. */
function jsonOf(text: string): unknown {
  if (!/^[{[]/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : text;
  } catch {
    return text;
  }
}
