import { expect, it } from "vitest";
import { readBaseURL, showURL } from "./base-url.js";

// The first rows are those of Ollama's own test of OLLAMA_HOST (envconfig/config_test.go), as a client has to read them.
it.each([
  ["", "http://127.0.0.1:11434"],
  ["1.2.3.4", "http://1.2.3.4:11434"],
  [":1234", "http://127.0.0.1:1234"],
  ["1.2.3.4:1234", "http://1.2.3.4:1234"],
  ["example.com", "http://example.com:11434"],
  ["example.com:1234", "http://example.com:1234"],
  ["http://example.com", "http://example.com"],
  ["https://example.com", "https://example.com"],
  ["https://example.com:8443/prefix/", "https://example.com:8443/prefix"],
  ["[::1]", "http://[::1]:11434"],
  ["[::1]:1337", "http://[::1]:1337"],
  ["::1", "http://[::1]:11434"],
  [' "1.2.3.4" ', "http://1.2.3.4:11434"],
  ["ollama.com", "https://ollama.com"],
  ["0.0.0.0", "http://127.0.0.1:11434"],
  ["0.0.0.0:8080", "http://127.0.0.1:8080"],
  ["http://0.0.0.0:11434", "http://127.0.0.1:11434"],
  ["[::]:11434", "http://[::1]:11434"],
  ["::", "http://[::1]:11434"],
  ["gpu-box:80", "http://gpu-box"],
  ["http://localhost:11434/v1", "http://localhost:11434"],
  ["http://localhost:11434/api/", "http://localhost:11434"],
  ["https://user:secret@example.com", "https://example.com"],
])("reads %j as %s", (text, expected) => {
  expect(showURL(readBaseURL(text))).toBe(expected);
});

it.each(["http://", "ftp://example.com", "a b", "http://example.com:99999"])("refuses %j", (text) => {
  expect(() => readBaseURL(text)).toThrow(/is not an address of an Ollama server/);
});

it("does not show a password in a bad address", () => {
  expect(() => readBaseURL("ftp://user:hunter22@example.com")).toThrow(/^(?!.*hunter22)/);
  expect(() => readBaseURL("ftp://hunter22", "hunter22")).toThrow(/^(?!.*hunter22)/);
});
