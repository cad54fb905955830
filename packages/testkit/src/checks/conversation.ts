import assert from "node:assert/strict";
import type { Message } from "@llmux/core";
import type { Check } from "../check.js";
import { bodyFor, isNamed, onWire, reaches, ways } from "../claims.js";
import { call, TEXT } from "../scenarios.js";
import { SERVER_HEADER } from "../scripted-server.js";
import { TOOLS } from "../tools.js";

const text = (role: "system" | "user" | "assistant", content: string): Message => ({ role, content });

/** What has been said must reach the provider, all of it and in its order. */
export const CONVERSATION_CHECKS: readonly Check[] = [
  {
    id: "conversation",
    title: "system and turns reach the provider, in their order",
    why: "the model answers what it was sent, not what was meant",
    async run(kit) {
      const messages = [
        text("system", "kit-rules"),
        text("user", "kit-first"),
        text("assistant", "kit-second"),
        text("user", "kit-third"),
      ];
      const body = await bodyFor(kit, { messages });
      const places = ["kit-first", "kit-second", "kit-third"].map((each) => body.indexOf(each));
      assert.ok(body.includes("kit-rules"), "the system message is not in what was sent");
      assert.ok(!places.includes(-1), "a turn is not in what was sent");
      assert.deepEqual(
        [...places].sort((a, b) => a - b),
        places,
        "the order of the turns",
      );
    },
  },
  {
    id: "conversation-parts",
    title: "a message of several texts reaches the provider whole",
    why: "an application that puts documents and a question side by side must not lose one of them",
    run: (kit) =>
      reaches(
        kit,
        {
          messages: [
            { role: "system", content: ["kit-a", "kit-b"].map((each) => ({ type: "text", text: each })) },
            { role: "user", content: ["kit-c", "kit-d"].map((each) => ({ type: "text", text: each })) },
          ],
        },
        ["kit-a", "kit-b", "kit-c", "kit-d"],
      ),
  },
  {
    id: "result-facts",
    title: "a result says who answered and how it came",
    why: "logs, bills and support need the adapter, the model asked for, and the headers",
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        kit.replies(TEXT);
        const { provider, model, response, warnings } = await ask(kit.request());
        assert.equal(provider, kit.adapter.id, `${way}: provider`);
        assert.equal(model, kit.options.model, `${way}: model`);
        assert.equal(response.headers?.[SERVER_HEADER], "kit", `${way}: response.headers`);
        assert.deepEqual(warnings, [], `${way}: warnings about a request without anything special`);
      }
    },
  },
  {
    id: "request-id",
    title: "the provider's id of the request is kept",
    why: "its support asks for it first",
    needs: ["request-id"],
    async run(kit) {
      for (const [way, ask] of ways(kit)) {
        kit.replies(TEXT);
        assert.ok((await ask(kit.request())).response.requestId, `${way}: response.requestId`);
      }
    },
  },
  {
    id: "tools-sent",
    title: "a tool's name, description and schema reach the provider",
    why: "the model can only call what it has been told of",
    needs: ["tools"],
    run: (kit) => {
      const inputSchema = { type: "object", properties: { kit_field: { type: "string", description: "kit-inner" } } };
      const tools = [{ name: "kit_tool", description: "kit-purpose", inputSchema }];
      return reaches(kit, { tools }, ["kit_tool", "kit-purpose", "kit_field", "kit-inner"]);
    },
    lacking: (kit) => isNamed(kit, { tools: TOOLS }, /^tools/, "get_weather"),
  },
  {
    id: "tool-call-id",
    title: "a tool call has the id that the provider gave it",
    why: "the provider finds the call that a result belongs to by its own id",
    needs: ["tools"],
    async run(kit) {
      const reply = {
        ...TEXT,
        finish: "tool-calls" as const,
        parts: [call("kit_call_7", "get_weather", '{"city":"Rome"}')],
      };
      for (const [way, ask] of ways(kit)) {
        let given = false;
        kit.answers((wire) => {
          const response = kit.dialect.reply(reply, wire);
          given = response.pieces.some((piece) => Buffer.from(piece as Uint8Array).includes("kit_call_7"));
          return response;
        });
        const { toolCalls } = await ask(kit.request({ tools: TOOLS }));
        // A wire without ids leaves the adapter to make one up.
        if (given) assert.equal(toolCalls[0]?.id, "kit_call_7", way);
      }
    },
  },
  {
    id: "tool-history",
    title: "calls and their results reach the provider with the history",
    why: "a model that does not see its calls and what came of them asks again and again",
    needs: ["tools"],
    async run(kit) {
      const body = await bodyFor(kit, { tools: TOOLS, messages: history("kit-output") });
      const places = ["kit-question", "kit-city", "kit-output", "kit-thanks"].map((each) => body.lastIndexOf(each));
      assert.ok(!places.includes(-1), "a call's arguments, its result or what was said is not in what was sent");
      assert.deepEqual(
        [...places].sort((a, b) => a - b),
        places,
        "the order of call, result and turns",
      );
      const ids = body.split("kit_call_7").length - 1;
      const names = body.split('"get_weather"').length - 1;
      // Its definition names the tool once, the call again, and a wire without ids the result too.
      assert.ok(ids >= 2 || names >= 3, "nothing says which call the result belongs to");
    },
  },
  {
    id: "tool-history-values",
    title: "results that are JSON or parts reach the provider",
    why: "tools return objects more often than texts",
    needs: ["tools"],
    async run(kit) {
      for (const output of [{ kit_value: 717 }, [{ type: "text", text: "kit_value 717" }]])
        await reaches(kit, { tools: TOOLS, messages: history(output) }, /kit_value\D+717/);
    },
  },
  {
    id: "tool-errors",
    title: "the model is told that a tool failed",
    why: "it would take the words of an error for a result",
    needs: ["tools", "tool-errors"],
    async run(kit) {
      const body = (isError: boolean): Promise<string> =>
        bodyFor(kit, { tools: TOOLS, messages: history("kit-output", isError) });
      assert.notEqual(await body(true), await body(false), "a failed tool and one that did not fail look the same");
    },
    // There is no parameter to name, and to fail would end every conversation in which a tool has failed: the words must do.
    lacking: (kit) => reaches(kit, { tools: TOOLS, messages: history("kit-output", true) }, "kit-output"),
  },
  {
    id: "tool-history-broken",
    title: "a history with broken arguments can be sent",
    why: "one broken call would end the conversation for good",
    needs: ["tools"],
    async run(kit) {
      const call = {
        type: "tool-call",
        id: "kit_call_7",
        name: "get_weather",
        input: undefined,
        inputText: '{"city":',
      } as const;
      const messages: Message[] = [
        text("user", "kit-question"),
        { role: "assistant", content: [call] },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: "kit_call_7",
              toolName: "get_weather",
              output: "kit-output",
              isError: true,
            },
          ],
        },
      ];
      kit.replies(TEXT);
      await kit.backend.generate(kit.request({ tools: TOOLS, messages }));
      assert.ok(onWire(kit, "kit-output"), "the result is not in what was sent");
    },
  },
  {
    id: "tool-choice",
    title: "tools are forced, forbidden and named",
    why: "a program that needs a call must get one, and one that can't take a call must get none",
    needs: ["tools", "tool-choice"],
    async run(kit) {
      const bodies = new Map<string, string>();
      for (const toolChoice of ["auto", "none", "required", { tool: "get_weather" }, { tool: "get_time" }] as const)
        bodies.set(JSON.stringify(toolChoice), await bodyFor(kit, { tools: TOOLS, toolChoice }));
      const same = [...bodies].find(([choice, body]) =>
        [...bodies].some(([other, its]) => other !== choice && its === body),
      );
      assert.ok(!same, `toolChoice ${same?.[0]} is sent like another choice`);
    },
    lacking: async (kit) => {
      for (const toolChoice of ["required", { tool: "get_time" }] as const)
        await isNamed(kit, { tools: TOOLS, toolChoice }, /^toolChoice/);
    },
  },
];

function history(output: unknown, isError = false): Message[] {
  return [
    text("user", "kit-question"),
    {
      role: "assistant",
      content: [{ type: "tool-call", id: "kit_call_7", name: "get_weather", input: { city: "kit-city" } }],
    },
    {
      role: "tool",
      content: [
        { type: "tool-result", toolCallId: "kit_call_7", toolName: "get_weather", output, ...(isError && { isError }) },
      ],
    },
    text("user", "kit-thanks"),
  ];
}
