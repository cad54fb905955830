/** What the fake provider sends: the shapes, headers and sizes that the real ones send. */
export interface Payload {
  headers: Readonly<Record<string, string>>;
  pieces: readonly Buffer[];
}

export type Wire = "openai" | "anthropic" | "ollama";

const WORDS = ["The", " sky", " is", " blue", " because", " air", " scatters", " short", " waves", " more", "."];
const TEXT = WORDS.join("").repeat(4);

const HEADERS: Readonly<Record<Wire, Readonly<Record<string, string>>>> = {
  openai: {
    "access-control-expose-headers": "X-Request-ID",
    "openai-organization": "user-abc",
    "openai-processing-ms": "412",
    "openai-version": "2020-10-01",
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-limit-tokens": "2000000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-remaining-tokens": "1999982",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-reset-tokens": "0s",
    "x-request-id": "req_0123456789abcdef",
    "cf-cache-status": "DYNAMIC",
    "x-content-type-options": "nosniff",
    server: "cloudflare",
    "cf-ray": "9a1b2c3d4e5f6789-FRA",
  },
  anthropic: {
    "anthropic-ratelimit-requests-limit": "4000",
    "anthropic-ratelimit-requests-remaining": "3999",
    "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:00Z",
    "anthropic-ratelimit-input-tokens-limit": "400000",
    "anthropic-ratelimit-input-tokens-remaining": "400000",
    "anthropic-ratelimit-input-tokens-reset": "2026-01-01T00:00:00Z",
    "request-id": "req_011CSHoEeqs5C35K2UUqR7Fy",
    "anthropic-organization-id": "00000000-0000-0000-0000-000000000000",
    via: "1.1 google",
    "cf-cache-status": "DYNAMIC",
    server: "cloudflare",
    "cf-ray": "9a1b2c3d4e5f6789-FRA",
  },
  ollama: {},
};

const chatUsage = {
  prompt_tokens: 14,
  completion_tokens: 44,
  total_tokens: 58,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

const ollamaEnd = {
  done: true,
  done_reason: "stop",
  total_duration: 4_883_583_458,
  load_duration: 1_334_875,
  prompt_eval_count: 26,
  prompt_eval_duration: 342_546_000,
  eval_count: 44,
  eval_duration: 4_535_599_000,
};

const OLLAMA = { model: "llama3.2", created_at: "2026-01-01T00:00:00.123456789Z" };

/** One answer that comes whole. */
export const texts: Readonly<Record<Wire, Payload>> = {
  openai: json("openai", {
    id: "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
    object: "chat.completion",
    created: 1_767_225_600,
    model: "gpt-4o-2024-08-06",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: TEXT, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: chatUsage,
    service_tier: "default",
    system_fingerprint: "fp_07871e2ad8",
  }),
  anthropic: json("anthropic", {
    id: "msg_01XFDUDYJgAACzvnptvVoYEL",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content: [{ type: "text", text: TEXT }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: 14,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 44,
      service_tier: "standard",
    },
  }),
  ollama: json("ollama", { ...OLLAMA, message: { role: "assistant", content: TEXT }, ...ollamaEnd }),
};

/** A stream of `count` text deltas, and what stands before and after them; one piece for each event. */
export const streams: Readonly<Record<Wire, (count: number) => Payload>> = {
  openai: remember((count) => {
    const base = {
      id: "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
      object: "chat.completion.chunk",
      created: 1_767_225_600,
      model: "gpt-4o-2024-08-06",
      service_tier: "default",
      system_fingerprint: "fp_07871e2ad8",
    };
    const chunk = (delta: object, finish: string | null = null): string =>
      sse({ ...base, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null });
    return events("openai", [
      chunk({ role: "assistant", content: "", refusal: null }),
      ...words(count).map((content) => chunk({ content })),
      chunk({}, "stop"),
      sse({ ...base, choices: [], usage: chatUsage }),
      "data: [DONE]\n\n",
    ]);
  }),
  anthropic: remember((count) => {
    const event = (data: { type: string }): string => `event: ${data.type}\n${sse(data)}`;
    const usage = { input_tokens: 14, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
    const message = {
      id: "msg_01XFDUDYJgAACzvnptvVoYEL",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5-20250929",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    };
    return events("anthropic", [
      event({ type: "message_start", message } as { type: string }),
      event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as { type: string }),
      ...words(count).map((text) =>
        event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } } as { type: string }),
      ),
      event({ type: "content_block_stop", index: 0 } as { type: string }),
      event({
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: count },
      } as { type: string }),
      event({ type: "message_stop" }),
    ]);
  }),
  ollama: remember((count) => ({
    headers: { "content-type": "application/x-ndjson" },
    pieces: [
      ...words(count).map((content) => line({ ...OLLAMA, message: { role: "assistant", content }, done: false })),
      line({ ...OLLAMA, message: { role: "assistant", content: "" }, ...ollamaEnd }),
    ],
  })),
};

const EMBEDDINGS = { count: 2048, dimensions: 1536 } as const;

/** `EMBEDDINGS.count` vectors as base64 and as JSON numbers. Built on the first request: they take a second. */
export const embeddings = {
  base64: once(() => vectors((vector) => Buffer.from(vector.buffer).toString("base64"))),
  json: once(() => vectors((vector) => Array.from(vector))),
};

function vectors(encode: (vector: Float32Array) => unknown): Payload {
  const vector = Float32Array.from({ length: EMBEDDINGS.dimensions }, (_, at) => Math.sin(at + 1) / 40);
  const embedding = encode(vector);
  const data = Array.from({ length: EMBEDDINGS.count }, (_, index) => ({ object: "embedding", index, embedding }));
  return json("openai", {
    object: "list",
    data,
    model: "text-embedding-3-small",
    usage: { prompt_tokens: 8192, total_tokens: 8192 },
  });
}

function words(count: number): string[] {
  return Array.from({ length: count }, (_, at) => WORDS[at % WORDS.length] as string);
}

function json(wire: Wire, value: unknown): Payload {
  return {
    headers: { ...HEADERS[wire], "content-type": "application/json" },
    pieces: [Buffer.from(JSON.stringify(value))],
  };
}

function events(wire: Wire, pieces: readonly string[]): Payload {
  const headers = { ...HEADERS[wire], "content-type": "text/event-stream; charset=utf-8" };
  return { headers, pieces: pieces.map((piece) => Buffer.from(piece)) };
}

function sse(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function line(data: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(data)}\n`);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function remember(make: (count: number) => Payload): (count: number) => Payload {
  const made = new Map<number, Payload>();
  return (count) => {
    const known = made.get(count) ?? make(count);
    made.set(count, known);
    return known;
  };
}
