// Imported late. The core of the SDK and not its whole client, which loads several hundred files.
export { MistralCore } from "@mistralai/mistralai/core.js";
export { HTTPClient } from "@mistralai/mistralai/lib/http.js";
