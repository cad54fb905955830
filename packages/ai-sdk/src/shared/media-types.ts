/** Media types of images and sounds by their first bytes, in Latin-1. */
const SIGNATURES: readonly [RegExp, string][] = [
  [/^\x89PNG/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8/, "image/gif"],
  [/^RIFF[\s\S]{4}WEBP/, "image/webp"],
  [/^RIFF[\s\S]{4}WAVE/, "audio/wav"],
  [/^(ID3|\xff[\xe2-\xff])/, "audio/mpeg"],
  [/^fLaC/, "audio/flac"],
  [/^OggS/, "audio/ogg"],
];

function typeFromBytes(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  return SIGNATURES.find(([signature]) => signature.test(head))?.[1];
}

export function imageType(bytes: Uint8Array): string | undefined {
  const type = typeFromBytes(bytes);
  return type?.startsWith("image/") ? type : undefined;
}

const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  wav: "audio/wav",
  opus: "audio/ogg",
  ogg: "audio/ogg",
  aac: "audio/aac",
  flac: "audio/flac",
  pcm: "audio/pcm",
};

/** The media type of sound: by its bytes, or else as it was asked for. */
export function audioType(bytes: Uint8Array, format: string | undefined): string {
  const type = typeFromBytes(bytes);
  if (type?.startsWith("audio/")) return type;
  return (format !== undefined && AUDIO_FORMATS[format]) || "application/octet-stream";
}
