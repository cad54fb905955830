import type { AssistantPart, ReasoningPart, TextPart } from "@llmux/core";
import type { AdapterEvent, AdapterFinishEvent, AdapterResult } from "@llmux/core/adapter";
import { checkAnswers } from "./check-answers.js";
import type { ResponseReader } from "./response-reader.js";
import type { WireResponse } from "./wire.js";

/**
 * The answer in a body, or its pieces, where a server gives a list of them.
 * @throws LLMError what it says where it is an error all the same; `malformed-response` for what is no answer
 */
export async function parseAnswer(text: string, http: Response): Promise<readonly WireResponse[]> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw (await import("./errors.js")).notJSON(text, http, cause);
  }
  const answers = (Array.isArray(body) ? body : [body]) as readonly (WireResponse | null)[];
  const failed = answers.find((answer) => answer?.error);
  if (failed) throw (await import("./errors.js")).errorFromBody(failed, undefined, http.headers);
  checkAnswers(answers, text, http.status);
  return answers as readonly WireResponse[];
}

/** A whole answer, read as a stream of one piece. */
export function fromResponse(responses: readonly WireResponse[], reader: ResponseReader): AdapterResult {
  for (const response of responses) reader.push(response);
  reader.finish();
  const events = reader.take();
  const { finishReason, usage, response, providerMetadata } = events.at(-1) as AdapterFinishEvent;
  const [start] = events;
  return {
    content: partsOf(events),
    finishReason,
    usage,
    response: { ...(start?.type === "start" && start.response), ...response },
    ...(providerMetadata && { providerMetadata }),
  };
}

function partsOf(events: readonly AdapterEvent[]): AssistantPart[] {
  const content: AssistantPart[] = [];
  const open = new Map<string, TextPart | ReasoningPart>();
  for (const event of events) {
    switch (event.type) {
      case "text-start":
      case "reasoning-start": {
        const part: TextPart | ReasoningPart = { type: event.type === "text-start" ? "text" : "reasoning", text: "" };
        open.set(event.id, part);
        content.push(part);
        break;
      }
      case "text-delta":
      case "reasoning-delta": {
        const part = open.get(event.id);
        if (part) part.text += event.delta;
        break;
      }
      case "text-end":
      case "reasoning-end": {
        const { type: _, id, ...facts } = event;
        Object.assign(open.get(id) as object, facts);
        break;
      }
      case "tool-call":
      case "provider":
      case "image":
      case "file":
      case "audio":
        content.push(event);
        break;
      default:
    }
  }
  return content;
}
