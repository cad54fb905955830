import type { Outcome } from "./simulate.ts";

const ROW = 34;
const TOP = 74;
/** Where the panels begin, and how wide they are. */
const LATENCY = { x: 220, width: 400 };
const COST = { x: 670, width: 150 };
const FAILED = { x: 870, width: 110 };
const WIDTH = 1010;
const PERCENTILES = [
  ["p50", "#9ecae1"],
  ["p95", "#4292c6"],
  ["p99", "#08519c"],
  ["p999", "#08306b"],
] as const;

/** The outcomes as a picture: latency on a logarithmic scale, cost, and what failed, one variant a row. */
export function plot(outcomes: readonly Outcome[]): string {
  const height = TOP + outcomes.length * ROW + 40;
  const bottom = TOP + outcomes.length * ROW;
  const least = 10 ** Math.floor(Math.log10(Math.min(...outcomes.map(({ p50 }) => p50))));
  const most = Math.max(...outcomes.map(({ p999 }) => p999)) * 1.1;
  const x = (milliseconds: number): number =>
    LATENCY.x + (Math.log(milliseconds / least) / Math.log(most / least)) * LATENCY.width;
  const dearest = Math.max(...outcomes.map(({ cost }) => cost));
  const worst = Math.max(...outcomes.map(({ success }) => 1 - success), 1e-9);
  const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500].map((step) => step * least).filter((tick) => tick <= most);
  const parts = [
    text(
      20,
      28,
      `${outcomes[0]!.calls.toLocaleString("en-US")} calls over ten deployments, one script of outages`,
      "title",
    ),
    text(LATENCY.x, 52, "time to first content", "head"),
    ...PERCENTILES.map(([name, color], at) => {
      const left = LATENCY.x + 160 + at * 62;
      return `<circle cx="${left}" cy="48" r="5" fill="${color}"/>${text(left + 9, 52, name === "p999" ? "p99.9" : name)}`;
    }),
    text(COST.x, 52, "$ / 1,000 calls", "head"),
    text(FAILED.x, 52, "calls failed", "head"),
    ...ticks.map(
      (tick) =>
        `<line x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${TOP - 8}" y2="${bottom}" class="grid"/>` +
        text(x(tick), bottom + 18, tick < 1000 ? `${tick} ms` : `${tick / 1000} s`, "tick"),
    ),
    ...outcomes.map((outcome, at) => {
      const y = TOP + at * ROW + ROW / 2 - 4;
      const { p50, p999, cost, success, variant } = outcome;
      const dots = PERCENTILES.map(
        ([name, color]) => `<circle cx="${round(x(outcome[name]))}" cy="${y}" r="5.5" fill="${color}"/>`,
      );
      return [
        text(LATENCY.x - 14, y + 4, variant, "name"),
        `<line x1="${round(x(p50))}" x2="${round(x(p999))}" y1="${y}" y2="${y}" class="range"/>`,
        ...dots,
        bar(COST.x, y, (cost / dearest) * (COST.width - 45), "#74a892"),
        text(COST.x + (cost / dearest) * (COST.width - 45) + 6, y + 4, cost.toFixed(2)),
        bar(FAILED.x, y, ((1 - success) / worst) * (FAILED.width - 60), "#c8553d"),
        text(
          FAILED.x + ((1 - success) / worst) * (FAILED.width - 60) + 6,
          y + 4,
          `${((1 - success) * 100).toFixed(3)} %`,
        ),
      ].join("");
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="13">
<title>Latency, cost and failures of each strategy</title>
<style>.title{font-size:17px;font-weight:600}.head{font-weight:600}.name{text-anchor:end}.tick{text-anchor:middle;fill:#666;font-size:11px}.grid{stroke:#e4e4e4}.range{stroke:#b9cfe0;stroke-width:3}</style>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}

function text(x: number, y: number, content: string, style = ""): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${round(x)}" y="${y}"${style && ` class="${style}"`}>${escaped}</text>`;
}

function bar(x: number, y: number, width: number, color: string): string {
  return `<rect x="${x}" y="${y - 7}" width="${round(Math.max(1, width))}" height="14" rx="2" fill="${color}"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
