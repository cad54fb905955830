export { {{identifier}}, {{identifier}} as default } from "./adapter.js";
export type { {{type}}Config } from "./config.js";
export type { {{type}}Options } from "./options.js";
