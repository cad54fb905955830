/** A fenced code block of a document. */
export interface Block {
  /** `ts`, `sh`, …; empty where the fence names none. */
  language: string;
  /** What follows the language: `throws`, `no-run`. */
  flags: string[];
  text: string;
  /** Of the first line of `text`, from 1. */
  line: number;
}

/** The fenced code blocks of a Markdown document, those indented under a list item included. */
export function codeBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; indent: number; block: Block; lines: string[] } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const found = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line);
    if (open) {
      if (found?.[3] === "" && found[2]?.startsWith(open.fence)) {
        open.block.text = open.lines
          .map((text) => text.slice(Math.min(open?.indent ?? 0, text.search(/\S|$/))))
          .join("\n");
        blocks.push(open.block);
        open = undefined;
      } else open.lines.push(line);
    } else if (found) {
      const [, indent = "", fence = "", info = ""] = found;
      const [language = "", ...flags] = info.split(/\s+/);
      open = { fence, indent: indent.length, block: { language, flags, text: "", line: index + 2 }, lines: [] };
    }
  }
  if (open) throw new Error(`the code block before line ${open.block.line} is never closed`);
  return blocks;
}

/** The lines of a shell script that do something, with those joined that end in a backslash, and without prompts and comments. */
export function shellLines(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .map((line) =>
      line
        .replace(/^\s*\$ /, "")
        .replace(/(^|\s)#\s.*$/, "")
        .trim(),
    )
    .filter((line) => line !== "");
}

/** The variables that a line sets: `export A=1 B=2`, `A=1`, and `A=1 command`; and the command that is left. */
export function assignments(line: string): { variables: Record<string, string>; command: string } {
  const variables: Record<string, string> = {};
  let rest = line.replace(/^export\s+/, "");
  for (;;) {
    const found = /^([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s;]*);?\s*/.exec(rest);
    if (!found) return { variables, command: rest };
    variables[found[1] as string] = (found[2] as string).replace(/^(["'])(.*)\1$/, "$2");
    rest = rest.slice(found[0].length);
  }
}
