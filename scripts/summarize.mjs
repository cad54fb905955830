import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Prints what a run of turbo came to, its last line being `N passed, N failed, N skipped`: every test of every package, and one for
 * each build, type check, lint or check of a package.
 *
 * @param {string} root the repository
 * @param {number} status turbo's exit code
 * @returns {boolean} whether anything failed
 */
export function summarize(root, status) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  for (const task of tasksOf(root)) {
    const ran = task.execution?.exitCode !== undefined;
    const failed = ran && task.execution.exitCode !== 0;
    const report = task.task === "test" ? readReport(join(root, task.directory)) : undefined;
    if (report) {
      count.passed += report.numPassedTests;
      count.failed += report.numFailedTests;
      count.skipped += report.numPendingTests + report.numTodoTests;
      for (const file of report.testResults) {
        const tests = file.assertionResults.filter((result) => result.status === "failed");
        for (const { fullName } of tests) failures.push(`${task.taskId}: ${fullName}`);
        // A file that can't even be loaded has no test that could fail.
        if (file.status === "failed" && tests.length === 0) {
          count.failed += 1;
          failures.push(`${task.taskId}: ${file.name}`);
        }
      }
      // Such as an unhandled rejection, which belongs to no test.
      if (failed && report.success) fail(`${task.taskId}: failed beside its tests`);
      else if (failed && failures.every((line) => !line.startsWith(`${task.taskId}:`))) fail(task.taskId);
    } else if (!ran) {
      count.skipped += 1;
      failures.push(`${task.taskId}: not run, for what it needs has failed`);
    } else if (failed) fail(task.taskId);
    else if (task.task === "test") fail(`${task.taskId}: left no report, so that its tests can't be counted`);
    else count.passed += 1;
  }
  if (status !== 0 && failures.length === 0) fail(`turbo ended with code ${status}`);
  if (count.passed === 0 && failures.length === 0) fail("nothing ran");
  if (failures.length > 0) console.log(`\nFailed:\n${failures.map((line) => `  ${line}`).join("\n")}`);
  console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  return count.failed > 0 || failures.length > 0;

  function fail(line) {
    count.failed += 1;
    failures.push(line);
  }
}

/** The tasks of the newest run that have a command. */
function tasksOf(root) {
  const folder = join(root, ".turbo/runs");
  const newest = existsSync(folder) ? readdirSync(folder).sort().at(-1) : undefined;
  if (newest === undefined) return [];
  const { tasks } = JSON.parse(readFileSync(join(folder, newest), "utf8"));
  return tasks.filter(({ command }) => command !== "<NONEXISTENT>");
}

function readReport(folder) {
  const file = join(folder, ".turbo/test-report.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
