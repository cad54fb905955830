import { createServer as createHTTPServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { connectionFacts } from "./connection-facts.js";

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
    const facts = connectionFacts(await fail(`http://${host}/`));
    expect(facts?.kind).toBe("connection");
    // It was reached: who reads that it was not looks for the fault in the wrong place.
    expect(facts?.message).toMatch(/^The connection to the provider was lost \(/);
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

  it.each([
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  ])("does not retry a bad certificate: %s", (code) => {
    const error = new TypeError("fetch failed", { cause: Object.assign(new Error("bad certificate"), { code }) });
    expect(connectionFacts(error)).toMatchObject({ kind: "connection", code, retryable: false });
  });

  it.each(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"])(
    "knows a timeout: %s",
    (code) => {
      expect(
        connectionFacts(new TypeError("fetch failed", { cause: Object.assign(new Error("late"), { code }) })),
      ).toMatchObject({
        kind: "timeout",
        code,
      });
    },
  );

  it.each(["Failed to fetch", "Load failed", "NetworkError when attempting to fetch resource.", "terminated"])(
    "knows what browsers and fetch say: %s",
    (message) => {
      expect(connectionFacts(new TypeError(message))?.kind).toBe("connection");
    },
  );

  it("looks inside an SDK's own error and inside several errors in one", () => {
    const refused = Object.assign(new AggregateError([Object.assign(new Error("no"), { code: "ECONNREFUSED" })]), {});
    expect(
      connectionFacts(new Error("Connection error.", { cause: new TypeError("fetch failed", { cause: refused }) })),
    ).toMatchObject({
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
