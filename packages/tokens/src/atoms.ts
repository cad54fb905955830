import type { Message } from "@llmux/core";

/** Messages that stay or go together: places in the list. */
export type Atom = readonly number[];

/** A conversation in the pieces that it can be cut into. */
export interface Pieces {
  system: readonly number[];
  /** What must stay: the last user message, or without one the end. */
  last: Atom;
  /** Whole turns before the last one, in order: a question with all that was answered to it. */
  turns: readonly Atom[];
  /** Of the last turn: questions before the last one, then steps, which are an answer with the results of the tools it called. */
  steps: readonly Atom[];
}

export function piecesOf(messages: readonly Message[]): Pieces {
  const system = messages.flatMap(({ role }, index) => (role === "system" ? [index] : []));
  const atoms = atomsOf(messages);
  const isUser = (atom: Atom) => atom.some((index) => messages[index]!.role === "user");
  const found = atoms.findLastIndex(isUser);
  const last = found < 0 ? atoms.length - 1 : found;
  // Several questions in a row are one turn, lest a cut between them leaves an answer without its question.
  let begin = Math.max(last, 0);
  while (begin > 0 && isUser(atoms[begin - 1]!)) begin--;
  const turns: number[][] = [];
  for (const [index, atom] of atoms.slice(0, begin).entries()) {
    const isNew = index === 0 || (isUser(atom) && !isUser(atoms[index - 1]!));
    if (isNew) turns.push([...atom]);
    else turns[turns.length - 1]!.push(...atom);
  }
  const steps = atoms.slice(begin).filter((_, index) => begin + index !== last);
  return { system, last: atoms[last] ?? [], turns, steps };
}

/** Calls and their results stay together, with all that stands between them. */
function atomsOf(messages: readonly Message[]): number[][] {
  const ends = lastResults(messages);
  const atoms: number[][] = [];
  let end = -1;
  for (const [index, message] of messages.entries()) {
    if (message.role === "system") continue;
    // A result without a call goes with what is before it.
    const joins = atoms.length > 0 && (index <= end || message.role === "tool");
    if (joins) atoms[atoms.length - 1]!.push(index);
    else atoms.push([index]);
    if (message.role !== "assistant" || typeof message.content === "string") continue;
    for (const part of message.content)
      if (part.type === "tool-call") end = Math.max(end, ends.get(part.id)?.find((at) => at > index) ?? -1);
  }
  return atoms;
}

/** Where the results of each call are: ids may come again in a long conversation. */
function lastResults(messages: readonly Message[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [index, message] of messages.entries()) {
    if (message.role !== "tool") continue;
    for (const { toolCallId } of message.content) {
      const known = places.get(toolCallId);
      if (known) known.push(index);
      else places.set(toolCallId, [index]);
    }
  }
  return places;
}
