import type { ProviderMetadata, ProviderOptions } from "./provider-options.js";

/**
 * Where the bytes of an image, file or audio part come from: the bytes themselves, a string of base64 or a `data:`,
 * `http:` or `https:` URL (base64 holds no colon, so the two can't be confused), a `URL`, or the id of a file that the
 * provider stores.
 */
export type MediaData = Uint8Array | string | URL | { fileId: string };

/** Marks the end of a prompt prefix worth caching, where the provider caches on request. `true` is its default lifetime. */
export type CacheHint = true | { ttl: "5m" | "1h" };

interface PartBase {
  cache?: CacheHint | undefined;
  /** What only one provider understands of this part. */
  providerOptions?: ProviderOptions | undefined;
  /** What a provider said of this part; send it back unchanged with the history. */
  providerMetadata?: ProviderMetadata | undefined;
}

export interface TextPart extends PartBase {
  type: "text";
  text: string;
  /** What the text rests on, where the provider says. */
  citations?: readonly Citation[] | undefined;
}

export interface Citation {
  url?: string | undefined;
  title?: string | undefined;
  /** The cited words. */
  text?: string | undefined;
  /** Offsets in UTF-16 units into the text of the part that cites. */
  start?: number | undefined;
  end?: number | undefined;
  /** The provider's own object. */
  raw?: unknown;
}

export interface ImagePart extends PartBase {
  type: "image";
  data: MediaData;
  /** IANA media type; told from the bytes where left out. */
  mediaType?: string | undefined;
  /** How closely the model looks, where the provider lets one say. */
  detail?: "low" | "high" | "auto" | undefined;
}

export interface FilePart extends PartBase {
  type: "file";
  data: MediaData;
  /** IANA media type, such as `application/pdf`; told from the bytes where left out. */
  mediaType?: string | undefined;
  filename?: string | undefined;
}

export interface AudioPart extends PartBase {
  type: "audio";
  data: MediaData;
  /** IANA media type, such as `audio/wav`; told from the bytes where left out. */
  mediaType?: string | undefined;
  /** The words spoken, where the provider gives them. */
  transcript?: string | undefined;
}

export interface ReasoningPart extends PartBase {
  type: "reasoning";
  text: string;
  /** The provider's seal on the reasoning. Send the part back unchanged with the history. */
  signature?: string | undefined;
  /** Encrypted reasoning that the provider keeps from view; `text` is then empty or a summary. */
  redacted?: string | undefined;
  /** The provider's id of the reasoning item. */
  id?: string | undefined;
  /** Id of the adapter whose seal it bears, set on every result. To another the reasoning goes as bare text. */
  provider?: string | undefined;
}

export interface ToolCallPart extends PartBase {
  type: "tool-call";
  id: string;
  name: string;
  /** The parsed arguments. `undefined` where the model wrote something that is not JSON: see `inputText`. */
  input: unknown;
  /** The arguments as the model wrote them, only where they are not valid JSON. */
  inputText?: string | undefined;
}

export interface ToolResultPart extends PartBase {
  type: "tool-result";
  toolCallId: string;
  /** Needed by the providers that match results by name. */
  toolName?: string | undefined;
  /** Text, parts, or any JSON value (sent as its JSON text). */
  output: unknown;
  /** Whether the tool failed and `output` says how. */
  isError?: boolean | undefined;
}

export interface RefusalPart extends PartBase {
  type: "refusal";
  text: string;
}

/** A block that only one provider understands (a server tool's call or result, a compaction). Send it back unchanged. */
export interface ProviderPart extends PartBase {
  type: "provider";
  /** Id of the adapter that understands it. */
  provider: string;
  /** The provider's own object. */
  value: unknown;
}

export type UserPart = TextPart | ImagePart | FilePart | AudioPart | ProviderPart;
export type AssistantPart =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | RefusalPart
  | ImagePart
  | FilePart
  | AudioPart
  | ProviderPart;
export type ToolOutputPart = TextPart | ImagePart | FilePart;
