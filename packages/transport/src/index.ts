export { type Transport, type TransportOptions, transport } from "./transport.js";
