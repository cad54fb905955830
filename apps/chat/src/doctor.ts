import { type Check, diagnose, type Settings } from "./diagnose.js";
import { type Colors, colorsFor, type IO, oneLine } from "./io.js";

/** Shows the settings, tries the provider, and says what is wrong and how to mend it. Gives whether all is well. */
export async function doctor(io: IO, { json }: { json: boolean }): Promise<boolean> {
  const print = (...lines: readonly string[]): void => {
    io.stdout.write(`${lines.join("\n")}\n`);
  };
  if (json) {
    const diagnosis = await diagnose(io.env);
    print(JSON.stringify(diagnosis));
    return diagnosis.ok;
  }
  const colors = colorsFor(io.stdout, io.env);
  const { ok } = await diagnose(io.env, {
    settings: (settings) => print(...settingsLines(settings, colors), "", "Checks"),
    check: (check) => print(...checkLines(check, colors)),
  });
  print("", ok ? colors.green("All is well.") : colors.red("Something is wrong: see above."));
  return ok;
}

function settingsLines({ variables, adapters }: Settings, { dim }: Colors): string[] {
  const lines = ["Variables"];
  for (const { name, value, default: fallback } of variables) {
    lines.push(`  ${name.padEnd(29)} ${value ?? dim(fallback === undefined ? "not set" : `not set: ${fallback}`)}`);
  }
  for (const { id, name, settings } of adapters) {
    lines.push("", `${name} (${id}/…)`);
    for (const { field, value, source, variables: names } of settings) {
      const from = dim(source === undefined ? `not set (${names.join(" or ")})` : `from ${source}`);
      lines.push(`  ${field.padEnd(29)} ${value === undefined ? from : `${value} ${from}`}`);
    }
  }
  return lines;
}

function checkLines({ what, state, message, advice }: Check, { green, red, dim, yellow }: Colors): string[] {
  const sign = { ok: green("✓"), failed: red("✗"), skipped: dim("–") }[state];
  const line = `  ${sign} ${what}: ${oneLine(message)}`;
  return advice ? [line, `    ${yellow(`→ ${oneLine(advice)}`)}`] : [line];
}
