import { describe, expect, it } from "vitest";
import { watsonx } from "./index.js";

const apiKey = "ibm-key-0123456789";
const request = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };
const completion = { choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] };
const later = (): number => Date.now() / 1000 + 3600;

/** A backend whose IAM answers with these, in turn, and what was asked. */
function signedIn(...answers: (Response | Error)[]) {
  const asked: { url: string; authorization: string | null; body: string }[] = [];
  const backend = watsonx({
    apiKey,
    fetch: async (url, init) => {
      asked.push({
        url: String(url),
        authorization: new Headers(init?.headers).get("authorization"),
        body: String(init?.body),
      });
      if (!String(url).startsWith("https://iam.cloud.ibm.com/")) return Response.json(completion);
      const answer = answers.shift() as Response | Error;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  }).createBackend();
  return { backend, asked };
}

describe("IBM Cloud's IAM", () => {
  it("gives a token for the key, which serves until shortly before its end", async () => {
    const { backend, asked } = signedIn(
      Response.json({ access_token: "eyJone", expiration: later() }),
      Response.json({ access_token: "eyJtwo", expiration: later() }),
    );
    await Promise.all([backend.generate(request), backend.generate(request)]);
    await backend.generate(request);
    expect(asked.map(({ url }) => new URL(url).host)).toEqual([
      "iam.cloud.ibm.com",
      "us-south.ml.cloud.ibm.com",
      "us-south.ml.cloud.ibm.com",
      "us-south.ml.cloud.ibm.com",
    ]);
    expect(new URLSearchParams(asked[0]?.body).get("apikey")).toBe(apiKey);
    expect(asked.slice(1).map(({ authorization }) => authorization)).toEqual(Array(3).fill("Bearer eyJone"));
  });

  it("is asked again once a token is about to end", async () => {
    const { backend, asked } = signedIn(
      Response.json({ access_token: "eyJone", expiration: Date.now() / 1000 + 60 }),
      Response.json({ access_token: "eyJtwo", expiration: later() }),
    );
    await backend.generate(request);
    await backend.generate(request);
    expect(asked.map(({ authorization }) => authorization)).toEqual([null, "Bearer eyJone", null, "Bearer eyJtwo"]);
  });

  it.each<[string, Response | Error, object]>([
    [
      "refuses the key",
      Response.json({ errorCode: "BXNIM0415E", errorMessage: "Provided API key could not be found." }, { status: 400 }),
      { kind: "authentication", status: 400, message: expect.stringContaining("could not be found") },
    ],
    ["is out of order", new Response("<html>", { status: 503 }), { kind: "server", status: 503, retryable: true }],
    ["can't be reached", new TypeError("fetch failed"), { kind: "connection", retryable: true }],
    ["answers with nothing", Response.json(null), { kind: "authentication" }],
  ])("that %s is told so, and asked anew the next time", async (_, answer, facts) => {
    const { backend } = signedIn(answer, Response.json({ access_token: "eyJone", expiration: later() }));
    const error = await backend.generate(request).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ ...facts, provider: "watsonx" });
    expect(JSON.stringify(error)).not.toContain(apiKey);
    expect((await backend.generate(request)).text).toBe("Hi");
  });
});
