import { defineHost, type HostAdapter } from "../define-host.js";

/** llama.cpp server. */
export const llamaServer: HostAdapter = /* @__PURE__ */ defineHost({
  id: "llama_server",
  name: "llama.cpp server",
  docs: "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
  aliases: ["llama-server", "llamacpp_server"],
  baseURL: "http://localhost:8080/v1",
  baseURLVariables: ["LLAMA_SERVER_API_BASE"],
  keyVariables: ["LLAMA_SERVER_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels", "rerank"],
  responses: true,
  wire: {
    topK: true,
    reasoning: "reasoning_content",
    chatTools: true,
  },
  metadata: { body: ["timings"], latest: ["timings"] },
});
