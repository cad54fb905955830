import type { BatchReport } from "./batch-report.js";

/** What a progress bar is written to: `process.stderr`, or anything like it. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
}

/** Milliseconds between two pictures on a terminal. */
const INTERVAL = 100;

/**
 * Shows how a batch goes: `onProgress: progressBar()`. On a terminal one line that is written over; elsewhere a line for each twentieth, or
 * for each thousand requests where the total is not known.
 */
export function progressBar(stream: ProgressStream | undefined = ownStderr()): (report: Readonly<BatchReport>) => void {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let lastStep = -1;
  return (report) => {
    if (!stream) return;
    const finished = report.done === report.total;
    if (stream.isTTY) {
      if (!finished && Date.now() - drawnAt < INTERVAL) return;
      drawnAt = Date.now();
      stream.write(`\r\x1b[K${describe(report)}${finished ? "\n" : ""}`);
      return;
    }
    const step = report.total ? Math.floor((20 * report.done) / report.total) : Math.floor(report.done / 1000);
    if (step === lastStep) return;
    lastStep = step;
    stream.write(`${describe(report)}\n`);
  };
}

function describe(report: Readonly<BatchReport>): string {
  const { done, total, failed, resumed, cost, concurrency, underWay } = report;
  const seconds = Math.max(0.001, (Date.now() - report.startedAt.getTime()) / 1000);
  const rate = (done - resumed) / seconds;
  const parts = [total === undefined ? `${done}` : `${done}/${total} (${Math.floor((100 * done) / (total || 1))} %)`];
  parts.push(`${rate.toFixed(1)}/s`);
  if (total !== undefined && done < total && rate > 0) parts.push(`${duration((total - done) / rate)} left`);
  if (cost > 0) parts.push(`$${cost.toFixed(cost < 1 ? 4 : 2)}`);
  if (failed > 0) parts.push(`${failed} failed`);
  parts.push(concurrency === undefined ? `${underWay} at the provider` : `${concurrency} at once`);
  return parts.join(", ");
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function ownStderr(): ProgressStream | undefined {
  return (globalThis as { process?: { stderr?: ProgressStream } }).process?.stderr;
}
