import { isLLMError } from "@llmux/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY_PATTERNS, MAY_HOLD_KEY } from "./key-patterns.js";
import { createRedactor, redactKeys, redactPersonalData } from "./redactor.js";

const redact = createRedactor();
const word = (length: number): string => "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYz".repeat(4).slice(0, length);

describe("keys", () => {
  const keys: Record<string, string> = {
    openai: `sk-${word(48)}`,
    "openai project": `sk-proj-${word(40)}_${word(20)}`,
    anthropic: `sk-ant-api03-${word(90)}`,
    openrouter: `sk-or-v1-${word(64)}`,
    google: `AIza${word(35)}`,
    "google access token": `ya29.${word(60)}`,
    xai: `xai-${word(80)}`,
    groq: `gsk_${word(52)}`,
    "hugging face": `hf_${word(34)}`,
    perplexity: `pplx-${word(48)}`,
    nvidia: `nvapi-${word(64)}`,
    "aws access key": "AKIAIOSFODNN7EXAMPLE",
    "aws session key": "ASIAIOSFODNN7EXAMPLE",
    bedrock: `ABSK${word(60)}==`,
    github: `ghp_${word(36)}`,
    "github app": `ghs_${word(36)}`,
    "github fine-grained": `github_pat_${word(22)}_${word(59)}`,
    gitlab: `glpat-${word(20)}`,
    npm: `npm_${word(36)}`,
    slack: `xoxb-123456789012-${word(24)}`,
    stripe: `sk_live_${word(24)}`,
    jwt: `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${word(43)}`,
  };

  it.each(Object.entries(keys))("cuts out one of %s wherever it stands", (_, key) => {
    for (const [before, after] of [
      ["", ""],
      ["my key is ", ", keep it"],
      ['{"k":"', '"}'],
      ["KEY=", "\n"],
      ["(", ")."],
    ] as const) {
      const clean = redactKeys(before + key + after);
      expect(clean).not.toContain(key.slice(4));
      expect(clean.startsWith(before)).toBe(true);
      expect(clean.endsWith(after)).toBe(true);
    }
  });

  it.each([
    ["Authorization: Bearer abc123.def456~ghi", "Authorization: Bearer [token]"],
    ["authorization: basic dXNlcjpwYXNzd29yZDE=", "authorization: basic [token]"],
    ["postgres://alice:hunter2@db.internal/x", "postgres://alice:[password]@db.internal/x"],
    ['{"api_key": "0123456789abcdef0123456789abcdef"}', '{"api_key": "[secret]"}'],
    ["AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS_SECRET_ACCESS_KEY=[secret]"],
    ["https://x.test/a?sig=abcdefgh12345678&v=1", "https://x.test/a?sig=[secret]&v=1"],
    ["password: correct-horse", "password: [secret]"],
  ])("%s", (text, clean) => {
    expect(redactKeys(text)).toBe(clean);
  });

  it.each(["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""])(
    "cuts out a %sPRIVATE KEY whole, or as far as it goes",
    (type) => {
      const body = `-----BEGIN ${type}PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0F\n\nMIIEow+/\nabc=\n`;
      expect(redactKeys(`a ${body}-----END ${type}PRIVATE KEY----- b`)).toBe("a [private key] b");
      expect(redactKeys(`a ${body}`)).toBe("a [private key]");
    },
  );

  it.each([
    "gpt-4o-2024-08-06",
    "chatcmpl-9XyZ0123456789abcdef",
    "msg_01XFDUDYJgAACzvnptvVoYEL",
    "A basic understanding of bearer bonds",
    "the task-oriented risk-management desk-checking",
    "tokens: 12345678 of 20000000",
    "prefix/model, 2024-08-06T12:34:56.000Z",
  ])("leaves %j alone", (text) => {
    expect(redact(text)).toBe(text);
  });

  it("needs one of the signs that are looked for first", () => {
    const piece = fc.oneof(
      fc.constantFrom(...Object.values(keys)),
      fc.constantFrom("=", ":", " ", "-", "sk-", "eyJ"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        if (MAY_HOLD_KEY.test(text)) return;
        for (const { pattern } of KEY_PATTERNS) expect(text.match(pattern)).toBeNull();
      }),
    );
    for (const key of Object.values(keys)) expect(MAY_HOLD_KEY.test(key)).toBe(true);
  });
});

describe("personal data", () => {
  it.each([
    ["write to jane.doe+x@mail.example.co.uk!", "write to [email]!"],
    ["call +49 (30) 1234-5678 now", "call [phone] now"],
    ["call +14155552671.", "call [phone]."],
    ["call (415) 555-2671 or 415-555-2671", "call [phone] or [phone]"],
    ["SSN 078-05-1120.", "SSN [ssn]."],
    ["card 4111 1111 1111 1111, 5500-0000-0000-0004, 378282246310005", "card [card], [card], [card]"],
    ["in seat 1 4111 1111 1111 1111 2", "in seat 1 [card] 2"],
    ["DE89 3704 0044 0532 0130 00 and GB29NWBK60161331926819", "[iban] and [iban]"],
    ["BE68 5390 0754 7034 THEN", "[iban] THEN"],
    ["from 192.168.1.20:8080 to [2001:db8::ff00:42:8329], ::1", "from [ip]:8080 to [[ip]], [ip]"],
    ["fe80:0:0:0:202:b3ff:fe1e:8329", "[ip]"],
  ])("%s", (text, clean) => {
    expect(redactPersonalData(text)).toBe(clean);
  });

  it.each([
    // Wrong check digits, impossible numbers, and what only looks alike.
    "4111 1111 1111 1112",
    "DE88 3704 1144 1532 1130 11",
    "000-12-3456 and 666-12-3456",
    "at 12:34:56 on 2024-08-06",
    "std::vector and a::b",
    "version 1.2.3, 300.1.1.1",
    "00:1a:2b:3c:4d:5e",
    "user@host",
    "3.14159265358979",
    "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
  ])("leaves %j alone", (text) => {
    expect(redactPersonalData(text)).toBe(text);
  });

  it("knows every card number with a right check digit, in one or in groups", () => {
    const number = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(number, fc.constantFrom("", " ", "-"), (digits, between) => {
        const sum = digits.reduce(
          (total, digit, index) => total + (index % 2 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2),
          0,
        );
        const card = `${digits.join("")}${(10 - (sum % 10)) % 10}`;
        const written = card.match(/.{4}/g)!.join(between);
        expect(redactPersonalData(`x ${written} y`)).toBe("x [card] y");
      }),
    );
  });
});

describe("createRedactor", () => {
  it("adds patterns and functions to the built-in ones, or takes their place", () => {
    const codename = { name: "codename", pattern: /\bblue \w+/g, accept: (found: string) => found !== "blue sky" };
    const text = "blue moon, blue sky, a@b.cd, sk-0123456789abcdefgh";
    expect(createRedactor({ patterns: [codename, (all) => all.toUpperCase()] })(text)).toBe(
      "[CODENAME], BLUE SKY, [EMAIL], [KEY]",
    );
    expect(createRedactor({ patterns: [codename], builtIn: "keys" })(text)).toBe("[codename], blue sky, a@b.cd, [key]");
    expect(createRedactor({ builtIn: false })(text)).toBe(text);
  });

  it("refuses what is no pattern, by its name", () => {
    const refused = (patterns: unknown): unknown => {
      try {
        createRedactor({ patterns: patterns as never });
      } catch (error) {
        return isLLMError(error, "invalid-request") && error.parameter;
      }
      return undefined;
    };
    expect(refused("x")).toBe("patterns");
    expect(refused([{ name: "x", pattern: /x/ }])).toBe("patterns[0]");
    expect(refused([(text: string) => text, null])).toBe("patterns[1]");
  });

  it("gives the same whatever it has seen before", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const first = redact(one);
        redact(other);
        expect(redact(one)).toBe(first);
      }),
    );
  });

  it("never throws, and finds nothing more in what it gave", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const clean = redact(text);
        expect(redact(clean)).toBe(clean);
      }),
    );
  });
});

describe("hostile input", () => {
  const repeat = (piece: string) => (length: number) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  const hostile: Record<string, (length: number) => string> = {
    letters: repeat("a"),
    digits: repeat("1"),
    "digits with blanks": repeat("1 "),
    "groups of digits": repeat("4111 "),
    "digits with dashes": repeat("123-45-"),
    "at signs": repeat("a@"),
    "addresses without end": repeat("a.a@a."),
    dots: repeat("1.1."),
    colons: repeat(":"),
    "hex groups": repeat("a:a:"),
    "key prefixes": repeat("sk-"),
    "short keys": repeat("sk-a "),
    "token heads": repeat("eyJ"),
    "token parts": repeat("eyJaaaaa."),
    "token parts with dashes": repeat("-eyJaaaaa_eyJ"),
    "private keys without end": repeat("-----BEGIN PRIVATE KEY-----"),
    "private key full of dashes": (length) => `-----BEGIN PRIVATE KEY-----${"-a".repeat(length / 2)}`,
    dashes: repeat("-"),
    bearers: repeat("bearer "),
    labels: repeat("api_key="),
    "short labels": repeat("secret=a "),
    "addresses with passwords": repeat("://a:"),
    "account numbers": repeat("DE89 AAAA "),
    "account numbers in one": repeat("DE89AAAA"),
    phones: repeat("+1 "),
    "phones in one": repeat("+1111111111111111111111111x"),
  };

  it.each(Object.entries(hostile))("takes time in proportion to a text of %s", (_, make) => {
    const cpu = (text: string, run: (text: string) => void): number => {
      const times: number[] = [];
      for (let round = 0; round < 3; round++) {
        const before = process.cpuUsage();
        run(text);
        const { user, system } = process.cpuUsage(before);
        times.push(user + system);
      }
      return Math.max(Math.min(...times), 200);
    };
    const small = make(64 * 1024);
    const large = make(1024 * 1024);
    redact(small);
    // 16 where the time is linear; 256 where it is quadratic.
    expect(cpu(large, redact) / cpu(small, redact)).toBeLessThan(80);
    // Against one scan with a plain expression; the worst of these are some three hundred times it.
    const scan = (text: string): void => void text.replace(/\d{3}-\d{2}-\d{4}/g, "");
    expect(cpu(large, redact) / Math.max(cpu(large, scan), 1000)).toBeLessThan(1200);
  });
});
