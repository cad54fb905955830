import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Expected } from "./expected.ts";

/** One recorded exchange with a provider; see the README beside the recordings. */
export interface Recording {
  id: string;
  provider: string;
  api: string;
  scenario: string;
  wire: "json" | "sse" | "ndjson" | "aws-eventstream";
  request: { method?: string; path?: string; url?: string; body?: any; headers?: Record<string, string> };
  response: {
    status: number;
    headers?: Record<string, string>;
    body?: unknown;
    chunks?: string[];
    body_base64?: string;
  };
  expected: Expected | undefined;
}

const folder = fileURLToPath(new URL("../../../shared/fixtures/public/", import.meta.url));

/**
 * The recordings of a provider, of the given APIs. Where the folder is missing there are none, said loudly; under `CI=true`
 * that fails.
 */
export function recordings(provider: string, ...apis: string[]): Recording[] {
  if (!existsSync(`${folder}index.json`)) {
    if (process.env.CI) throw new Error(`the recorded traffic is missing: ${folder}`);
    console.warn(`SKIPPED: the recorded traffic is missing, so no recording is replayed: ${folder}`);
    return [];
  }
  const index = readJSON("index.json") as { id: string; provider: string; api: string; file: string }[];
  const expected = readJSON("expected.json") as Record<string, Expected>;
  return index
    .filter((entry) => entry.provider === provider && (apis.length === 0 || apis.includes(entry.api)))
    .map((entry) => ({ ...(readJSON(entry.file) as Recording), expected: expected[entry.id] }));
}

function readJSON(file: string): unknown {
  return JSON.parse(readFileSync(folder + file, "utf8"));
}

/** The body as it came over the wire. */
export function wireBytes({ response }: Recording): Uint8Array {
  if (response.body_base64 !== undefined) return Buffer.from(response.body_base64, "base64");
  if (response.chunks) return Buffer.from(response.chunks.join(""));
  return Buffer.from(typeof response.body === "string" ? response.body : JSON.stringify(response.body));
}
