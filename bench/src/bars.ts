/** The bar: what each figure must not exceed (or, where `atLeast`, must reach). Set when the project began; change it only knowingly. */
import type { Provider } from "./variants.ts";

export interface Bar {
  limit: number;
  atLeast?: boolean;
}

const each = (openai: number, anthropic: number, ollama: number): Readonly<Record<Provider, Bar>> => ({
  openai: { limit: openai },
  azure: { limit: openai },
  anthropic: { limit: anthropic },
  ollama: { limit: ollama },
});

export const BARS = {
  /** CPU per call, × the raw SDK. */
  call: each(1.1, 1.1, 1.1),
  /** The same with the fast transport, × the raw SDK on Node's fetch. */
  callFast: { openai: { limit: 0.65 }, azure: { limit: 0.65 }, anthropic: { limit: 0.8 } } as Partial<
    Record<Provider, Bar>
  >,
  /** The raw SDK with the fast transport, × the raw SDK on Node's fetch. */
  sdkFast: { limit: 0.65 } as Bar,
  /** CPU per streamed chunk that comes in bursts, × the raw SDK. */
  burst: each(0.5, 1, 1.2),
  /** CPU per streamed chunk, the AI SDK × llmux. */
  burstAI: { limit: 6, atLeast: true } as Bar,
  /** CPU per call, llmux × the AI SDK. */
  less: { limit: 1 } as Bar,
  /** Cold import of core, adapter and SDK, × the raw SDK. */
  import: { openai: { limit: 1.1 }, azure: { limit: 1.1 }, anthropic: { limit: 1.1 } } as Partial<
    Record<Provider, Bar>
  >,
  /** The same in milliseconds over the raw SDK. */
  importOver: { ollama: { limit: 10 } } as Partial<Record<Provider, Bar>>,
  /** Cold import of core alone over bare Node, in milliseconds. */
  importCore: { limit: 8 } as Bar,
  /** CPU to decode 2,048 embeddings of 1,536, × the raw SDK. */
  embed: { limit: 0.5 } as Bar,
  /** Requests per second at 64 in flight with the fast transport, × the raw SDK. */
  throughput: { limit: 1.6, atLeast: true } as Bar,
  /** What core and adapter add to the SDK's own bundle, in KB. */
  bundle: { limit: 20 } as Bar,
  bundleGzipped: { limit: 7 } as Bar,
} as const;
