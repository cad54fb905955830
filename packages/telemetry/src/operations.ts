import type { OptionalCall } from "@llmux/core";

/** A call of the contract. */
export type CallName = "generate" | "stream" | OptionalCall;

/** A call as the conventions see it. */
export interface Operation {
  /** Value of `gen_ai.operation.name`. */
  name: string;
  /** Value of `gen_ai.output.type`, where the call itself says it. */
  outputType?: "text" | "image" | "speech" | undefined;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  generate: { name: "chat" },
  stream: { name: "chat" },
  embed: { name: "embeddings" },
  transcribe: { name: "transcribe", outputType: "text" },
  speak: { name: "speak", outputType: "speech" },
  generateImage: { name: "generate_image", outputType: "image" },
};

/** The conventions name chats and embeddings; all else is called as the contract calls it, also what it will grow. */
export function operationOf(call: CallName): Operation {
  return OPERATIONS[call] ?? { name: call.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) };
}
