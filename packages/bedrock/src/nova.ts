import type { ResponseInfo } from "@llmux/core";
import type { AdapterEvent } from "@llmux/core/adapter";
import type { ChunkTarget } from "./chunk-reader.js";
import { ConverseStream } from "./converse-stream.js";
import { fromConverse } from "./from-converse.js";
import type { Family } from "./invoke.js";
import { toConverse } from "./to-converse.js";

/**
 * Amazon Nova's own schema, `messages-v1`, which is Converse's but for where a few fields stand.
 * https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
 */
export const nova: Family = {
  async toBody(request, context) {
    const { body, outputTool } = await toConverse(request, context);
    const { additionalModelRequestFields: fields, inferenceConfig, ...rest } = body as Record<string, object>;
    const { inferenceConfig: more, ...others } = (fields ?? {}) as Record<string, object>;
    const config = inferenceConfig || more ? { inferenceConfig: { ...inferenceConfig, ...more } } : undefined;
    return { body: { schemaVersion: "messages-v1", ...rest, ...config, ...others }, outputTool };
  },
  fromReply: async (reply, { response }, outputTool) => ({ ...(await fromConverse(reply, outputTool)), response }),
  reader: (response, outputTool) => new NovaStream(response, outputTool),
};

class NovaStream extends ConverseStream implements ChunkTarget {
  constructor(response: ResponseInfo, outputTool: string | undefined) {
    super(response, outputTool);
  }

  chunk(event: Record<string, unknown>, out: AdapterEvent[]): void {
    for (const [name, payload] of Object.entries(event)) {
      if (typeof payload === "object" && payload !== null) this.take(name, { ...payload }, out);
    }
  }
}
