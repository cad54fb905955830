import { defineHost, type HostAdapter } from "../define-host.js";

/** Docker Model Runner. */
export const dockerModelRunner: HostAdapter = /* @__PURE__ */ defineHost({
  id: "docker_model_runner",
  name: "Docker Model Runner",
  docs: "https://docs.docker.com/ai/model-runner/api-reference/",
  baseURL: "http://localhost:12434/engines/v1",
  baseURLVariables: ["DOCKER_MODEL_RUNNER_API_BASE"],
  keyVariables: ["DOCKER_MODEL_RUNNER_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels"],
  wire: { topK: true, reasoning: "reasoning_content" },
});
