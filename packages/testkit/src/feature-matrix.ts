import type { ConformanceOptions } from "./conformance-options.js";
import { FEATURES, type Feature } from "./feature.js";
import { type ConformanceReport, describeAdapter } from "./report.js";

/**
 * A table in Markdown: a row for each feature, a column for each adapter, in the order in which they are given; below it, what is
 * lacking and why. From reports, or from what the options declare.
 */
export function featureMatrix(
  adapters: readonly (Pick<ConformanceReport, "name" | "features"> | ConformanceOptions)[],
): string {
  const columns = adapters.map((each) => ("features" in each ? each : describeAdapter(each)));
  const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  const features = Object.entries(FEATURES) as [Feature, string][];
  const table = [
    row(["", ...columns.map(({ name }) => name)]),
    row(["---", ...columns.map(() => ":-:")]),
    ...features.map(([feature, title]) =>
      row([title, ...columns.map(({ features }) => (features[feature] === true ? "✓" : "–"))]),
    ),
  ];
  const reasons = columns.flatMap(({ name, features: support }) => {
    const lacking = features.flatMap(([feature, title]) => {
      const state = support[feature];
      return state === true ? [] : [`  - ${title}: ${state.lacking}`];
    });
    return lacking.length > 0 ? [`- ${name}`, ...lacking] : [];
  });
  return [...table, ...(reasons.length > 0 ? ["", ...reasons] : []), ""].join("\n");
}

function escaped(cell: string): string {
  return cell.replace(/[\\|]/g, "\\$&").replace(/\s*\n\s*/g, " ");
}
