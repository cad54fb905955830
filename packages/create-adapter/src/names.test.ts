import { describe, expect, it } from "vitest";
import { namesOf } from "./names.js";

describe("namesOf", () => {
  it("makes the names of every place", () => {
    expect(namesOf("my_own-host2")).toEqual({
      id: "my_own-host2",
      packageName: "llmux-adapter-my_own-host2",
      file: "my-own-host2",
      identifier: "myOwnHost2",
      type: "MyOwnHost2",
      title: "My Own Host2",
      variable: "MY_OWN_HOST2",
    });
  });

  it("takes the package's name for the prefix", () => {
    expect(namesOf("llmux-adapter-acme").id).toBe("acme");
  });

  it.each(["new", "default", "fetch"])("names no export %s", (name) => {
    expect(namesOf(name)).toMatchObject({ id: name, identifier: `${name}Adapter` });
  });

  it.each([
    "",
    "Acme",
    "1st",
    "-a",
    "a-",
    "a--b",
    "a.b",
    "@acme/llmux",
    "../acme",
    "acme co",
    "llmux-adapter-",
    "__proto__",
  ])("refuses %j", (name) => {
    expect(() => namesOf(name)).toThrow("can't be an adapter's name");
  });

  it("refuses what is too long, and what leads elsewhere", () => {
    expect(namesOf("a".repeat(24)).id).toHaveLength(24);
    expect(() => namesOf("a".repeat(25))).toThrow("24 letters at most");
    expect(() => namesOf("ollama")).toThrow('"ollama" is a prefix of @llmux/ollama');
  });
});
