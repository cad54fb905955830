import { createServer as createHTTPServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectionFacts, headersToObject, kindFromStatus, rateLimitsFrom, retryAfterFrom } from "./http-facts.js";

describe("retryAfterFrom", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z"), toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each<[Record<string, string>, number | undefined]>([
    [{ "retry-after-ms": "1500" }, 1500],
    [{ "retry-after-ms": "12.5", "retry-after": "99" }, 12.5],
    [{ "retry-after-ms": "soon", "retry-after": "7" }, 7000],
    [{ "retry-after-ms": "-5", "retry-after": "7" }, 7000],
    [{ "retry-after-ms": "", "retry-after": "7" }, 7000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": " 2 " }, 2000],
    [{ "retry-after": "0.25" }, 250],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }, 30_000],
    [{ "retry-after": "Thursday, 01-Jan-26 00:00:30 GMT" }, 30_000],
    [{ "retry-after": "Thu Jan  1 00:00:30 2026" }, 30_000],
    [{ "retry-after": "2026-01-01T00:00:30Z" }, 30_000],
    [{ "retry-after": "Thu, 01 Jan 2015 00:00:30 GMT" }, 0],
    [{ "retry-after": "-1" }, undefined],
    [{ "retry-after": "5 minutes" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "NaN" }, undefined],
    [{ "retry-after": "Infinity" }, undefined],
    [{ "retry-after": "" }, undefined],
    [{}, undefined],
  ])("reads %o as %s ms", (headers, expected) => {
    expect(retryAfterFrom(headers)).toBe(expected);
    expect(retryAfterFrom(new Headers(headers))).toBe(expected);
  });

  it("does without headers", () => {
    expect(retryAfterFrom(undefined)).toBeUndefined();
  });
});

describe("rateLimitsFrom", () => {
  it("reads OpenAI's headers", () => {
    const headers = new Headers({
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "1m30.5s",
      "x-ratelimit-limit-tokens": "150000",
      "x-ratelimit-remaining-tokens": "149984",
      "x-ratelimit-reset-tokens": "20ms",
    });
    expect(rateLimitsFrom(headers)).toEqual({
      requests: { limit: 60, remaining: 0, resetAfter: 90_500 },
      tokens: { limit: 150_000, remaining: 149_984, resetAfter: 20 },
      inputTokens: undefined,
      outputTokens: undefined,
    });
  });

  it("reads Anthropic's headers", () => {
    vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z"), toFake: ["Date"] });
    expect(
      rateLimitsFrom({
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-requests-reset": "2026-01-01T00:01:00Z",
        "anthropic-ratelimit-input-tokens-remaining": "1000",
      }),
    ).toMatchObject({ requests: { limit: 50, remaining: 49, resetAfter: 60_000 }, inputTokens: { remaining: 1000 } });
    vi.useRealTimers();
  });

  it.each([
    ["6m0s", 360_000],
    ["1h", 3_600_000],
    ["1d2h", 93_600_000],
    ["7", 7000],
    ["soon", undefined],
    ["5x", undefined],
  ])("reads the delay %s as %s", (reset, resetAfter) => {
    const headers = { "x-ratelimit-limit-requests": "1", "x-ratelimit-reset-requests": reset };
    expect(rateLimitsFrom(headers)?.requests?.resetAfter).toBe(resetAfter);
  });

  it("is undefined where there are none, or they say nothing", () => {
    expect(rateLimitsFrom({})).toBeUndefined();
    expect(rateLimitsFrom({ "x-ratelimit-limit-requests": "many", "x-ratelimit-reset-requests": "1s" })).toBeUndefined();
  });
});

describe("headersToObject", () => {
  it("has names in lower case and no cookies", () => {
    const headers = new Headers({ "X-Request-ID": "r" });
    headers.append("set-cookie", "session=1");
    expect(headersToObject(headers)).toEqual({ "x-request-id": "r" });
  });
});

describe("kindFromStatus", () => {
  it.each([
    [400, "invalid-request"],
    [401, "authentication"],
    [402, "quota-exceeded"],
    [403, "permission"],
    [404, "not-found"],
    [408, "timeout"],
    [413, "invalid-request"],
    [422, "invalid-request"],
    [429, "rate-limit"],
    [500, "server"],
    [502, "server"],
    [503, "overloaded"],
    [504, "timeout"],
    [529, "overloaded"],
  ])("%i is %s", (status, kind) => {
    expect(kindFromStatus(status)).toBe(kind);
  });
});

describe("connectionFacts", () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  async function serve(handle: (socket: Socket) => void): Promise<string> {
    const server = createServer(handle);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const fail = async (url: string): Promise<unknown> =>
    fetch(url)
      .then((response) => response.text())
      .then(
        () => {
          throw new Error("It did not fail");
        },
        (error: unknown) => error,
      );

  it("knows a port that nobody listens on", async () => {
    const host = await serve(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const facts = connectionFacts(await fail(`http://${host}/`), `http://${host}`);
    expect(facts).toMatchObject({ kind: "connection", code: "ECONNREFUSED", retryable: true });
    expect(facts?.message).toContain(`Can't reach http://${host} (ECONNREFUSED`);
  });

  it("knows a name that does not resolve, which another attempt won't mend", async () => {
    // How a resolver fails depends on the network: with none at all it is a failure that may pass.
    const facts = connectionFacts(await fail("http://no-such-host.invalid/"));
    expect(facts?.kind).toBe("connection");
    expect(["ENOTFOUND", "EAI_AGAIN"]).toContain(facts?.code);
    expect(facts?.retryable).toBe(facts?.code === "EAI_AGAIN");
  });

  it("knows a connection that closes without an answer, or is reset", async () => {
    const closed = await serve((socket) => socket.once("data", () => socket.end()));
    expect(connectionFacts(await fail(`http://${closed}/`))).toMatchObject({ kind: "connection", retryable: true });
    const reset = await serve((socket) => socket.once("data", () => socket.resetAndDestroy()));
    expect(connectionFacts(await fail(`http://${reset}/`))).toMatchObject({ kind: "connection", retryable: true });
  });

  it("knows a body that breaks off", async () => {
    const host = await serve((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", () => socket.destroy());
      });
    });
    expect(connectionFacts(await fail(`http://${host}/`))?.kind).toBe("connection");
  });

  it("knows what is no HTTP at all", async () => {
    const host = await serve((socket) => socket.once("data", () => socket.end("I speak SMTP\r\n\r\n")));
    expect(connectionFacts(await fail(`http://${host}/`))).toMatchObject({ kind: "connection" });
  });

  it("knows TLS to a server that has none, which another attempt won't mend", async () => {
    const server = createHTTPServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const facts = connectionFacts(await fail(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`));
    expect(facts).toMatchObject({ kind: "connection", retryable: false });
  });

  it.each(["CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "ERR_TLS_CERT_ALTNAME_INVALID", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"])(
    "does not retry a bad certificate: %s",
    (code) => {
      const error = new TypeError("fetch failed", { cause: Object.assign(new Error("bad certificate"), { code }) });
      expect(connectionFacts(error)).toMatchObject({ kind: "connection", code, retryable: false });
    },
  );

  it.each(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"])("knows a timeout: %s", (code) => {
    expect(connectionFacts(new TypeError("fetch failed", { cause: Object.assign(new Error("late"), { code }) }))).toMatchObject({
      kind: "timeout",
      code,
    });
  });

  it.each(["Failed to fetch", "Load failed", "NetworkError when attempting to fetch resource.", "terminated"])(
    "knows what browsers and fetch say: %s",
    (message) => {
      expect(connectionFacts(new TypeError(message))?.kind).toBe("connection");
    },
  );

  it("looks inside an SDK's own error and inside several errors in one", () => {
    const refused = Object.assign(new AggregateError([Object.assign(new Error("no"), { code: "ECONNREFUSED" })]), {});
    expect(connectionFacts(new Error("Connection error.", { cause: new TypeError("fetch failed", { cause: refused }) }))).toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  it.each([
    new TypeError("x is not a function"),
    Object.assign(new Error("no such file"), { code: "ENOENT" }),
    Object.assign(new TypeError("wrong argument"), { code: "ERR_INVALID_ARG_TYPE" }),
    Object.assign(new Error("wrong argument"), { code: "UND_ERR_INVALID_ARG" }),
    new SyntaxError("Unexpected token < in JSON"),
    "a string",
    undefined,
  ])("leaves what is something else: %s", (error) => {
    expect(connectionFacts(error)).toBeUndefined();
  });
});
