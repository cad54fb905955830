import { expect, it } from "vitest";
import { run } from "./run.js";
import { startProvider } from "./testing/provider.js";
import { type TestIO, testIO } from "./testing/test-io.js";

/** Starts a conversation on a terminal and waits for its first prompt. */
async function open(
  env: Record<string, string | undefined>,
  args: string[] = [],
): Promise<{ io: TestIO; done: Promise<number> }> {
  const io = testIO(env, { tty: true });
  const done = run(args, io);
  await io.seen("> ");
  return { io, done };
}

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

it("keeps the conversation, and shows tokens and cost after each turn", async () => {
  await using provider = await startProvider([
    { match: { userMessage: "my name" }, response: { content: "Ada." } },
    { match: {}, response: { content: "Hello Ada.", usage: { prompt_tokens: 1204, completion_tokens: 3 } } },
  ]);
  const { io, done } = await open(provider.env, ["--system", "Be kind."]);
  io.stdin.write("I am Ada\r");
  // 1,204 tokens at $2.50 a million, and 3 at $10.
  await io.seen("1,204 tokens in, 3 out · $0.003 · ");
  await io.seen("> ");
  io.stdin.write("What is my name?\r");
  await io.seen("Ada.");
  await io.seen("> ");
  io.stdin.write(CTRL_D);
  expect(await done).toBe(0);
  expect(provider.conversations()[1]?.slice(1)).toEqual([
    { role: "user", content: "I am Ada" },
    { role: "assistant", content: "Hello Ada." },
    { role: "user", content: "What is my name?" },
  ]);
});

it("stops the answer at Ctrl-C, keeps what was said, and leaves at an empty prompt", async () => {
  await using provider = await startProvider([
    { match: { userMessage: "long" }, response: { content: "word ".repeat(400) }, chunkSize: 5, latency: 20 },
    { match: {}, response: { content: "Gladly." } },
  ]);
  const { io, done } = await open(provider.env);
  io.stdin.write("a long story\r");
  await io.seen("word");
  io.stdin.write(`typed ahead${CTRL_C}`);
  await io.seen("stopped; /retry sends it again");
  await io.seen("> typed ahead");
  io.stdin.write(CTRL_C);
  io.stdin.write("go on\r");
  await io.seen("Gladly.");
  await io.seen("> ");
  io.stdin.write(CTRL_C);
  expect(await done).toBe(0);
  const [, second] = provider.conversations();
  expect(second?.[1]).toEqual({ role: "assistant", content: expect.stringMatching(/^(word )+$/) });
  expect(second?.[2]).toEqual({ role: "user", content: "go on" });
});

it("stops a wait for a retry at Ctrl-C", async () => {
  await using provider = await startProvider([
    { match: { sequenceIndex: 0 }, response: { error: { message: "slow down" }, status: 429, retryAfter: 60 } },
    { match: {}, response: { content: "At last." } },
  ]);
  const { io, done } = await open({ ...provider.env, LLM_RETRY_MAX_WAIT: "120" });
  io.stdin.write("hello\r");
  await io.seen("rate limited by openai, attempt 2 of 9 in 60 s");
  io.stdin.write(CTRL_C);
  await io.seen("stopped; /retry sends it again");
  await io.seen("> ");
  io.stdin.write("/retry\r");
  await io.seen("At last.");
  await io.seen("> ");
  io.stdin.write("/exit\r");
  expect(await done).toBe(0);
});

it("shows an error in one line, keeps the chat, and sends the prompt again", async () => {
  await using provider = await startProvider([
    { match: { userMessage: "boom", sequenceIndex: 0 }, response: { error: { message: "no such luck" }, status: 400 } },
    { match: { userMessage: "boom" }, response: { content: "Better now." } },
    { match: {}, response: { content: "First." } },
  ]);
  const { io, done } = await open(provider.env);
  io.stdin.write("hello\r");
  await io.seen("First.");
  await io.seen("> ");
  io.stdin.write("boom\r");
  await io.seen("invalid-request: ");
  await io.seen("/retry sends it again");
  await io.seen("> ");
  io.stdin.write("/retry\r");
  await io.seen("Better now.");
  await io.seen("> ");
  io.stdin.end();
  expect(await done).toBe(0);
  expect(provider.conversations()[2]?.map(({ content }) => content)).toEqual(["hello", "First.", "boom"]);
});

it("loses nothing where an answer breaks off", async () => {
  await using provider = await startProvider([
    {
      match: { sequenceIndex: 0 },
      response: { content: "word ".repeat(50) },
      chunkSize: 5,
      latency: 10,
      truncateAfterChunks: 5,
    },
    { match: {}, response: { content: "The whole." } },
  ]);
  const { io, done } = await open(provider.env);
  io.stdin.write("tell me\r");
  await io.seen("word ");
  await io.seen("connection: ");
  await io.seen("/retry sends it again");
  await io.seen("> ");
  io.stdin.write("/retry\r");
  await io.seen("The whole.");
  await io.seen("> ");
  io.stdin.write(CTRL_D);
  expect(await done).toBe(0);
  expect(provider.conversations().at(-1)).toEqual([{ role: "user", content: "tell me" }]);
});

it("knows its few commands", async () => {
  await using provider = await startProvider([{ match: {}, response: { content: "Yes." } }]);
  const { io, done } = await open(provider.env);
  const say = async (line: string, reply: string): Promise<void> => {
    io.stdin.write(`${line}\r`);
    await io.seen(reply);
    await io.seen("> ");
  };
  await say("/help", "/retry");
  await say("/retry", "there is no prompt to send again");
  await say("/bogus", "there is no command /bogus");
  await say("/model", "openai/gpt-4o answers");
  await say("/model nope/x", "nope");
  await say("/model openai/gpt-4o-mini", "openai/gpt-4o-mini answers");
  await say("/image /nowhere.png", "can't read the image");
  await say("one", "Yes.");
  await say("/clear", "forgotten");
  await say("two \\\rlines", "Yes.");
  io.stdin.write("/exit\r");
  expect(await done).toBe(0);
  expect(provider.conversations().at(-1)).toEqual([{ role: "user", content: "two \nlines" }]);
  expect(provider.server.getRequests().map(({ body }) => (body as { model: string }).model)).toEqual([
    "gpt-4o-mini",
    "gpt-4o-mini",
  ]);
});

it("reads prompts from a pipe with --interactive, and answers them all", async () => {
  await using provider = await startProvider([
    { match: { userMessage: "two" }, response: { content: "Second." } },
    { match: {}, response: { content: "First." } },
  ]);
  const io = testIO(provider.env, { piped: "one\ntwo\n" });
  expect(await run(["--interactive"], io)).toBe(0);
  expect(io.out).toBe("First.\nSecond.\n");
});

it("offers the Ollama of this machine, and takes no for an answer", async () => {
  await using provider = await startProvider([{ match: { model: "llama3.2" }, response: { content: "From here." } }]);
  const start = (): { io: TestIO; done: Promise<number> } => {
    const io = testIO({ OLLAMA_HOST: provider.server.url }, { tty: true });
    return { io, done: run([], io) };
  };
  const yes = start();
  await yes.io.seen("Chat with ollama/llama3.2? [Y/n]");
  yes.io.stdin.write("\r");
  await yes.io.seen("> ");
  yes.io.stdin.write("hello\r");
  await yes.io.seen("From here.");
  await yes.io.seen("> ");
  yes.io.stdin.write(CTRL_D);
  expect(await yes.done).toBe(0);

  const no = start();
  await no.io.seen("[Y/n]");
  no.io.stdin.write("n\r");
  await no.io.seen("the offline provider answers");
  await no.io.seen("> ");
  no.io.stdin.write(CTRL_D);
  expect(await no.done).toBe(0);

  const neither = start();
  await neither.io.seen("[Y/n]");
  neither.io.stdin.write(CTRL_C);
  expect(await neither.done).toBe(130);
});
