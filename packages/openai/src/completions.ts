import { readAs } from "@llmux/core/answers";
import { optionsOf } from "./backend.js";
import type { WireCompletion } from "./chat-facts.js";
import { CompletionsDecoder } from "./completions-stream.js";
import { fromCompletions } from "./from-completions.js";
import type { LateApi } from "./late-api.js";
import { toCompletions } from "./to-completions.js";

/** The legacy Completions API: a prompt in, its continuation out. */
export const completions: LateApi = {
  async generate(send, host, request, context) {
    const body = { ...toCompletions(request, context, host), stream: false as const };
    const options = optionsOf(request, context);
    const response = await send("/completions", body.model, (client) => client.completions.create(body, options));
    return { result: await readAs(response, (answer: WireCompletion) => fromCompletions(answer, host)), response };
  },
  async stream(send, host, request, context) {
    const asked = toCompletions(request, context, host);
    const usage = host.streamUsage !== false && asked.stream_options !== null;
    const stream_options = usage ? { include_usage: true, ...asked.stream_options } : undefined;
    const body = { ...asked, stream: true as const, stream_options };
    const options = optionsOf(request, context);
    const response = await send("/completions", body.model, (client) =>
      client.completions.create(body as never, options),
    );
    return { decoder: new CompletionsDecoder(host), response };
  },
};
