import type { AdapterBackend, CallContext } from "@llmux/core/adapter";
import type { Send } from "./backend.js";
import type { WireHost } from "./host.js";

/** Those of the contract's optional calls that some of the hosts have and others don't. */
export type OtherCall = "transcribe" | "speak" | "generateImage" | "moderate";

type Call<Name extends OtherCall> = NonNullable<AdapterBackend[Name]>;

/** How such a call is made: with what it is sent by, and what differs at the host. */
export type MakeCall<Name extends OtherCall> = (
  send: Send,
  host: WireHost,
  request: Parameters<Call<Name>>[0],
  context: CallContext,
) => ReturnType<Call<Name>>;

/**
 * The call's own parameters for this host, which win over the neutral ones. An answer in pieces is none that could be given back, so
 * what asks for one is refused.
 */
export function ownParameters<Params extends object>(
  request: { providerOptions?: { readonly [provider: string]: unknown } | undefined },
  host: WireHost,
  context: CallContext,
): Partial<Params> {
  const { api: _, ...own } = (request.providerOptions?.[host.provider] ?? {}) as Record<string, unknown>;
  const inPieces = { stream: own.stream === true, stream_format: own.stream_format === "sse" };
  for (const [name, asked] of Object.entries(inPieces)) {
    if (asked) context.unsupported(`providerOptions.${host.provider}.${name}`, "the answer comes in one piece");
    delete own[name];
  }
  return own as Partial<Params>;
}
