import { LLMError } from "./errors.js";
import { isPart, PARTS } from "./normalize-messages.js";

/** What is wrong with messages that could not be normalised. Loaded when they could not. */
export function messageFault(messages: unknown): LLMError {
  if (!Array.isArray(messages) || messages.length === 0)
    return fault("messages", "must be a non-empty array of messages");
  for (const [index, message] of messages.entries()) {
    const where = `messages[${index}]`;
    if (typeof message !== "object" || message === null) return fault(where, "must be a message");
    const { role, content } = message as { role: keyof typeof PARTS; content: unknown };
    if (!Object.hasOwn(PARTS, role)) {
      return fault(`${where}.role`, `is ${JSON.stringify(role)}; must be system, user, assistant or tool`);
    }
    if (typeof content === "string") {
      if (role === "tool") return fault(`${where}.content`, "of a tool message must be tool-result parts");
      continue;
    }
    if (!Array.isArray(content)) return fault(`${where}.content`, "must be a string or an array of parts");
    const at = content.findIndex((part) => !isPart(part, PARTS[role]));
    if (at === -1) continue;
    const type: unknown = content[at]?.type;
    if (PARTS[role].includes(type as string)) return fault(`${where}.content[${at}].text`, "must be a string");
    const known = PARTS[role].join(", ");
    return fault(
      `${where}.content[${at}].type`,
      `is ${JSON.stringify(type)}; a part of a ${role} message is one of: ${known}`,
    );
  }
  return fault("messages", "can't be read");
}

/** For a request that names no model. */
export function modelFault(): LLMError {
  return new LLMError({ kind: "invalid-request", parameter: "model", message: "model: name one, or set a default" });
}

function fault(parameter: string, message: string): LLMError {
  return new LLMError({ kind: "invalid-request", parameter, message: `${parameter} ${message}` });
}
