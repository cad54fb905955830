import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, it } from "vitest";
import { SeverableProxy } from "./severable-proxy.ts";

it("lets through, cuts, refuses, and lets through again on the same port", async () => {
  const echo = createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const proxy = await SeverableProxy.to(`tcp://127.0.0.1:${(echo.address() as AddressInfo).port}`);
  const { url } = proxy;
  const dial = async () => {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(proxy.url).port) });
    await once(socket, "connect");
    return socket;
  };
  const first = await dial();
  first.write("a");
  expect(String((await once(first, "data"))[0])).toBe("a");
  const gone = once(first, "close");
  await proxy.sever();
  await gone;
  await expect(dial()).rejects.toThrow("ECONNREFUSED");
  await proxy.mend();
  expect(proxy.url).toBe(url);
  const second = await dial();
  second.write("b");
  expect(String((await once(second, "data"))[0])).toBe("b");
  second.destroy();
  await proxy.sever();
  echo.close();
});
