import { join, resolve } from "node:path";
import type { Writable } from "node:stream";
import { completeOptions, type Terminal } from "./ask.js";
import type { Kind } from "./kind.js";
import { HELP, readOptions, UsageError } from "./options.js";
import { render } from "./render.js";
import { writePackage } from "./write-package.js";

export interface Surroundings extends Terminal {
  errors: Writable;
  /** Where a relative `--dir` begins. */
  cwd: string;
}

/** Where the author's work begins. */
const FIRST_FILES: Readonly<Record<Kind, string>> = {
  "openai-compatible": "src/adapter.ts holds the row of data",
  sdk: "src/sdk.ts names the SDK; what to change is marked with CHANGE",
  fetch: "src/testing/dialect.ts says how the provider speaks; what to change is marked with CHANGE",
};

/** The whole program. Resolves with the exit code: 0 done, 1 failed, 2 called wrongly. */
export async function run(args: readonly string[], { errors, cwd, ...terminal }: Surroundings): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.help) {
      terminal.output.write(HELP);
      return 0;
    }
    const answers = await completeOptions(options, terminal);
    writePackage(resolve(cwd, answers.dir), render(answers));
    terminal.output.write(`${answers.names.packageName} stands in ${answers.dir}.

  cd ${answers.dir}
  npm install
  npm test

${FIRST_FILES[answers.kind]}: ${join(answers.dir, "README.md")} is the page that npm shows.
`);
    return 0;
  } catch (error) {
    const usage = error instanceof UsageError ? "\nnpm create llmux-adapter -- --help says how it is called." : "";
    errors.write(`create-llmux-adapter: ${(error as Error).message}${usage}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
