// Makes calls in flight without end, and writes the number of each call whose answer it has, for a test that kills it.
// What is built, since Node runs it as it is: node calling-process.mjs <name> <store> <place> [<place of the spill>]
import { writeSync } from "node:fs";
import { withLedger } from "@llmux/ledger";
import { openLedger } from "@llmux/ledger/sqlite";
import { mockBackend } from "@llmux/testkit";

const [, , name, store, place, spill] = process.argv;
let ledger;
if (store === "sqlite") ledger = openLedger({ path: place });
else {
  const { postgresLedger } = await import("@llmux/ledger/postgres");
  const { Pool } = (await import("pg")).default;
  const pool = new Pool({ connectionString: process.env.CALLING_POSTGRES, max: 2, connectionTimeoutMillis: 500 });
  pool.on("error", () => {});
  ledger = postgresLedger({ pool, table: place, ...(spill && { spill: openLedger({ path: spill }) }) });
}

const llm = withLedger(mockBackend("Hello you, and a good morning"), {
  ledger,
  onFailure: ({ error }) => writeSync(2, `${error}: ${error.cause}\n`),
});
const messages = [{ role: "user", content: "Hi" }];
let count = 0;

async function callWithoutEnd() {
  for (;;) {
    const call = `${name}-${count++}`;
    const request = { model: "m", messages, context: { key: name, session: call } };
    if (count % 3 > 0) await llm.generate(request);
    else {
      for await (const event of llm.stream(request)) if (event.type === "finish") break;
    }
    // At once and whole, so that what was seen is known whenever the process ends.
    writeSync(1, `${call}\n`);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  }
}

await Promise.all(Array.from({ length: 8 }, callWithoutEnd));
