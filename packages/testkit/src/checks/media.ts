import type { AudioPart, FilePart, ImagePart, MediaData } from "@llmux/core";
import type { Check } from "../check.js";
import { isNamed, reaches, reachesOrIsNamed } from "../claims.js";
import type { Feature } from "../feature.js";
import { onePixel, pdf, silence } from "../media-samples.js";

type MediaPart = ImagePart | FilePart | AudioPart;

interface Medium {
  feature: Feature;
  title: string;
  part: MediaPart["type"];
  bytes: Uint8Array;
  mediaType: string;
}

const BY_BYTES: readonly Medium[] = [
  { feature: "image-bytes", title: "an image", part: "image", bytes: onePixel(), mediaType: "image/png" },
  { feature: "file-bytes", title: "a PDF", part: "file", bytes: pdf(), mediaType: "application/pdf" },
  { feature: "audio", title: "audio", part: "audio", bytes: silence(), mediaType: "audio/wav" },
];

const BY_URL: readonly (Pick<Medium, "feature" | "title" | "part" | "mediaType"> & { url: string })[] = [
  {
    feature: "image-url",
    title: "an image",
    part: "image",
    url: "https://kit.invalid/kit-picture.png",
    mediaType: "image/png",
  },
  {
    feature: "file-url",
    title: "a PDF",
    part: "file",
    url: "https://kit.invalid/kit-paper.pdf",
    mediaType: "application/pdf",
  },
];

/** What is not text reaches the provider in each form in which it may be given, or it is said that it can't. */
export const MEDIA_CHECKS: readonly Check[] = [
  ...BY_BYTES.map(
    ({ feature, title, part, bytes, mediaType }): Check => ({
      id: feature === "audio" ? "audio-bytes" : feature,
      title: `${title} reaches the provider from bytes, base64 and a data URL`,
      why: "a model that never got it makes up what it shows",
      needs: [feature],
      async run(kit) {
        const base64 = Buffer.from(bytes).toString("base64");
        for (const data of [bytes, base64, `data:${mediaType};base64,${base64}`])
          await reaches(kit, asking(part, data), bytes);
      },
      lacking: (kit) => isNamed(kit, asking(part, bytes), about(part), bytes),
    }),
  ),
  ...BY_URL.map(
    ({ feature, title, part, url, mediaType }): Check => ({
      id: feature,
      title: `${title} reaches the provider by its URL`,
      why: "a model that never got it makes up what it shows",
      needs: [feature],
      async run(kit) {
        for (const data of [url, new URL(url)]) await reaches(kit, asking(part, data, mediaType), url);
      },
      lacking: (kit) => isNamed(kit, asking(part, url, mediaType), about(part), url),
    }),
  ),
  {
    id: "audio-url",
    title: "audio by URL reaches the provider, or is named as what it can't take",
    why: "a model that never got it makes up what was said",
    run: (kit) => {
      const url = "https://kit.invalid/kit-speech.wav";
      return reachesOrIsNamed(kit, asking("audio", url, "audio/wav"), about("audio"), url);
    },
  },
  ...(["image", "file", "audio"] as const).map(
    (part): Check => ({
      id: `${part}-id`,
      title: `${part === "file" ? "a file" : part} by the provider's own id reaches it, or is named as what it can't take`,
      why: "what was uploaded once must not be left out of the question about it",
      run: (kit) => reachesOrIsNamed(kit, asking(part, { fileId: "kit-file-7" }), about(part), "kit-file-7"),
    }),
  ),
];

function asking(type: MediaPart["type"], data: MediaData, mediaType?: string): { messages: never } {
  const part = { type, data, ...(mediaType !== undefined && { mediaType }) };
  return { messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, part] }] as never };
}

/** As an error names it: `image.data`, or the messages that it stands in. */
function about(part: MediaPart["type"]): RegExp {
  return new RegExp(`^(${part}|messages)\\b`);
}
