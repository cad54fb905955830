export { {{identifier}}, {{identifier}} as default } from "./adapter.js";
