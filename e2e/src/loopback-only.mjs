// Preloaded into programs that must not reach beyond this machine.
import dns from "node:dns";
import net from "node:net";

const connect = net.Socket.prototype.connect;
const { lookup } = dns;
const isLoopback = (host) => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);

dns.lookup = (host, ...rest) => {
  if (!isLoopback(host)) throw new Error(`this program may not look up ${host}`);
  return lookup(host, ...rest);
};

net.Socket.prototype.connect = function (...args) {
  const { host, path } = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (path === undefined && host !== undefined && !isLoopback(host))
    throw new Error(`this program may not reach ${host}`);
  return connect.apply(this, args);
};
