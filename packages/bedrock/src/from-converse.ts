import type { AssistantPart } from "@llmux/core";
import { type AdapterResult, LLMError } from "@llmux/core/adapter";
import { toCitation } from "./citation.js";
import type { Answer } from "./connection.js";
import { finishFacts, type ReplyFacts } from "./finish-facts.js";
import { readJSON } from "./read-body.js";
import type { Block } from "./to-messages.js";

/** The reply in an answer of Converse, as {@link fromConverse} reads it. */
export async function readConverse({ body, response }: Answer, outputTool: string | undefined): Promise<AdapterResult> {
  return { ...(await fromConverse(await readJSON(body), outputTool)), response };
}

/**
 * Content, finish reason, usage and facts of a whole reply. The arguments of `outputTool` are the reply's text.
 * @throws LLMError what it says where it is an error all the same; `malformed-response` for what is no reply
 */
export async function fromConverse(
  reply: Record<string, unknown>,
  outputTool?: string,
): Promise<Omit<AdapterResult, "response">> {
  const { output, ...facts } = reply;
  const blocks = (output as { message?: { content?: unknown } | null } | null | undefined)?.message?.content;
  if (!Array.isArray(blocks) || !blocks.every((block) => typeof block === "object" && block !== null)) {
    const { errorFromBody } = await import("./errors.js");
    const text = JSON.stringify(reply).slice(0, 10_000);
    throw (
      errorFromBody(reply) ?? new LLMError({ kind: "malformed-response", message: "The reply holds no message", text })
    );
  }
  const content = (blocks as Block[]).flatMap((block) => fromBlock(block, outputTool) ?? []);
  return { content, ...finishFacts(facts as ReplyFacts, !content.some(({ type }) => type === "tool-call")) };
}

/** One content block as a part; `undefined` for one that says nothing. What only Bedrock understands is kept whole, to be sent back. */
function fromBlock(block: Block, outputTool?: string): AssistantPart | undefined {
  const { text, toolUse, reasoningContent, citationsContent, image } = block as Record<string, Block | undefined>;
  if (typeof text === "string") return text === "" ? undefined : { type: "text", text };
  // A tool that Bedrock itself has run says so.
  if (toolUse && toolUse.type !== "server_tool_use") {
    const input = toolUse.input ?? {};
    const { toolUseId: id, name } = toolUse;
    if (typeof id !== "string" || typeof name !== "string") {
      const message = "The reply holds a tool call without id or name";
      throw new LLMError({ kind: "malformed-response", message, text: JSON.stringify(block) });
    }
    return name === outputTool ? { type: "text", text: JSON.stringify(input) } : { type: "tool-call", id, name, input };
  }
  if (reasoningContent) {
    const { reasoningText, redactedContent } = reasoningContent as { reasoningText?: Block; redactedContent?: string };
    if (redactedContent !== undefined) return { type: "reasoning", text: "", redacted: redactedContent };
    const { text: thought, signature } = (reasoningText ?? {}) as { text?: string; signature?: string };
    if (!thought && !signature) return undefined;
    return { type: "reasoning", text: thought ?? "", ...(signature && { signature }) };
  }
  if (citationsContent) {
    const { content, citations } = citationsContent as { content?: { text?: string }[]; citations?: Block[] };
    const words = (content ?? []).map((piece) => piece.text ?? "").join("");
    return { type: "text", text: words, ...(citations?.length && { citations: citations.map(toCitation) }) };
  }
  const { format, source } = (image ?? {}) as { format?: string; source?: { bytes?: string } };
  if (source?.bytes) return { type: "image", data: source.bytes, mediaType: `image/${format}` };
  return { type: "provider", provider: "bedrock", value: block };
}
