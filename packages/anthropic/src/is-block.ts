import type { Block } from "./to-messages.js";

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  text: ["text"],
  thinking: ["thinking"],
  redacted_thinking: ["data"],
  tool_use: ["id", "name"],
};

/** Whether a block is one whose texts are texts; those of what is said may be missing, those that name a call may not. */
export function isBlock(block: Block | null | undefined): block is Block {
  const type = block?.type;
  if (typeof type !== "string") return false;
  const texts = Object.hasOwn(TEXTS, type) ? (TEXTS[type] as readonly string[]) : [];
  return texts.every((name) => typeof (type === "tool_use" ? block?.[name] : (block?.[name] ?? "")) === "string");
}
