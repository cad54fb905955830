import { byteLength, estimateTokens, tokensOfBytes } from "./estimate-tokens.js";
import type { GenerateRequest } from "./request.js";
import type { StreamEvent } from "./stream-event.js";
import type { Usage } from "./usage.js";

/**
 * What a stream has used so far: the provider's own count once it has come, until then an estimate from what was sent and what was received. For those
 * who must charge a stream that was cut, aborted or left.
 */
export class UsageMeter {
  readonly #request: GenerateRequest;
  #bytes = 0;
  #reasoning = 0;
  #reported: Usage | undefined;

  constructor(request: GenerateRequest) {
    this.#request = request;
  }

  see(event: StreamEvent): void {
    if (event.type === "text-delta" || event.type === "tool-input-delta" || event.type === "refusal-delta")
      this.#bytes += byteLength(event.delta);
    else if (event.type === "reasoning-delta") this.#reasoning += byteLength(event.delta);
    else if (event.type === "finish") this.#reported = event.usage;
  }

  /** Whether `usage` is an estimate. */
  get estimated(): boolean {
    return this.#reported === undefined;
  }

  get usage(): Usage {
    if (this.#reported) return this.#reported;
    const reasoning = tokensOfBytes(this.#reasoning);
    return {
      inputTokens: { total: estimateTokens(this.#request), cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: tokensOfBytes(this.#bytes) + reasoning, reasoning: reasoning || undefined },
    };
  }
}
