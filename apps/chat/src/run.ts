import { readFile } from "node:fs/promises";
import { isLLMError } from "@llmux/core";
import { type Arguments, HELP, parseArguments } from "./args.js";
import { ask, loadImage, loadSchema } from "./ask.js";
import { chat } from "./chat.js";
import { doctor } from "./doctor.js";
import { embed } from "./embed.js";
import { errorLine, explain, UsageError } from "./errors.js";
import { colorsFor, type IO } from "./io.js";
import { models } from "./models.js";
import { isUnset, openSession } from "./session.js";
import { readStdin } from "./stdin.js";

/** Asked where nobody asks anything, to show that it works. */
const DEMONSTRATION = "Why is the sky blue?";

/** Runs the program; gives its exit code. */
export async function run(args: readonly string[], io: IO): Promise<number> {
  try {
    const parsed = parseArguments(args);
    if (parsed.flags.help) io.stdout.write(HELP);
    else if (parsed.flags.version) io.stdout.write(`${await version()}\n`);
    else return await execute(parsed, io);
    return 0;
  } catch (error) {
    if (args.includes("--json")) {
      const facts = isLLMError(error) ? error.toJSON() : {};
      io.stdout.write(`${JSON.stringify({ error: { ...facts, ...explain(error) } })}\n`);
    } else io.stderr.write(`${colorsFor(io.stderr, io.env).red(errorLine(error))}\n`);
    if (error instanceof UsageError) return 2;
    return isLLMError(error, "aborted") ? 130 : 1;
  }
}

async function execute(parsed: Arguments, io: IO): Promise<number> {
  const { command, words, flags } = parsed;
  const { json = false } = flags;
  switch (command) {
    case "talk":
      await talk(parsed, io);
      return 0;
    case "models":
      await models(io, { provider: words[0], json });
      return 0;
    case "embed": {
      const values = words.length > 0 || !io.piped ? words : [await readStdin(io)].filter(Boolean);
      if (values.length === 0) throw new UsageError("embed takes the texts to embed");
      await embed(io, { values, model: flags.model, json });
      return 0;
    }
    case "doctor":
      return (await doctor(io, { json })) ? 0 : 1;
  }
}

async function talk({ words, flags }: Arguments, io: IO): Promise<void> {
  const { model, system, image = [], schema: schemaPath, tools = false, json = false } = flags;
  const images = await Promise.all(image.map(loadImage));
  const schema = schemaPath === undefined ? undefined : await loadSchema(schemaPath);
  const given = words.join(" ").trim();
  const plain = given === "" && !json && !schema;
  if (plain && (flags.interactive || io.stdin.isTTY)) {
    await using session = await openSession(io, { model, interactive: Boolean(io.stdin.isTTY) });
    await chat(io, session, { system, images, tools });
    return;
  }
  const piped = io.piped ? await readStdin(io) : "";
  let prompt = [given, piped].filter(Boolean).join("\n\n");
  if (prompt === "") {
    // An empty pipe is an accident, and with a real provider this would spend money on a question that nobody asked.
    if (!plain || (io.piped && !(model === undefined && isUnset(io.env)))) {
      throw new UsageError("there is no prompt: give one, pipe one in, or use a terminal");
    }
    prompt = DEMONSTRATION;
    io.stderr.write(`No prompt and no terminal: a demonstration follows. > ${prompt}\n`);
  }
  await using session = await openSession(io, { model });
  await ask(io, session, { prompt, system, images, json, schema, tools });
}

async function version(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
