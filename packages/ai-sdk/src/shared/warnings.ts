import type { SharedV4Warning } from "@ai-sdk/provider";
import type { Warning } from "@llmux/core";

/** A warning of the AI SDK's, of any version of its specification. */
export type ModelWarning =
  | SharedV4Warning
  | { type: "unsupported-setting"; setting: unknown; details?: string }
  | { type: "unsupported-tool"; tool: { name?: string }; details?: string };

export function fromModelWarning(warning: ModelWarning): Warning {
  switch (warning.type) {
    case "unsupported":
      return dropped(warning.feature, warning.details);
    case "unsupported-setting":
      return dropped(String(warning.setting), warning.details);
    case "unsupported-tool":
      return dropped(`tools.${warning.tool?.name ?? ""}`, warning.details);
    case "compatibility":
      return {
        type: "changed",
        parameter: warning.feature,
        message: warning.details ?? `${warning.feature} is only done in part`,
      };
    case "deprecated":
      return { type: "other", parameter: warning.setting, message: warning.message };
    default:
      return { type: "other", message: (warning as { message?: string }).message ?? JSON.stringify(warning) };
  }
}

function dropped(parameter: string, details: string | undefined): Warning {
  return {
    type: "dropped",
    parameter,
    message: details ?? `The model does not support ${parameter}. It was left out.`,
  };
}

export function toModelWarning({ type, parameter, message }: Warning): SharedV4Warning {
  if (type === "dropped" && parameter !== undefined)
    return { type: "unsupported", feature: parameter, details: message };
  if (type === "changed" && parameter !== undefined)
    return { type: "compatibility", feature: parameter, details: message };
  return { type: "other", message };
}
