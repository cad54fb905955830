/** One deployment of the simulation. */
export interface Facts {
  name: string;
  /** Milliseconds to the first token, when it is well and not busy: the median, and how far it spreads. */
  firstToken: number;
  spread: number;
  /** Milliseconds for each further token. */
  perToken: number;
  /** Requests that it takes in a minute; beyond, it answers 429. */
  rpm: number;
  /** US dollars for a million tokens. */
  input: number;
  output: number;
  /** Part of the calls that fail with 500 even on a good day. */
  flaky: number;
}

/** Ten places that serve one model: some fast, some cheap, some large, none all three. */
export const FLEET: readonly Facts[] = [
  { name: "fast-1", firstToken: 220, spread: 0.35, perToken: 8, rpm: 900, input: 3.2, output: 12.8, flaky: 0.001 },
  { name: "fast-2", firstToken: 260, spread: 0.45, perToken: 9, rpm: 700, input: 3.0, output: 12, flaky: 0.002 },
  { name: "east", firstToken: 420, spread: 0.4, perToken: 12, rpm: 1500, input: 2.5, output: 10, flaky: 0.001 },
  { name: "west", firstToken: 460, spread: 0.4, perToken: 12, rpm: 1500, input: 2.5, output: 10, flaky: 0.001 },
  { name: "north", firstToken: 500, spread: 0.5, perToken: 13, rpm: 1200, input: 2.5, output: 10, flaky: 0.003 },
  { name: "south", firstToken: 650, spread: 0.5, perToken: 14, rpm: 1200, input: 2.4, output: 9.6, flaky: 0.003 },
  { name: "far", firstToken: 800, spread: 0.5, perToken: 15, rpm: 1000, input: 2.2, output: 8.8, flaky: 0.004 },
  { name: "cheap-1", firstToken: 950, spread: 0.6, perToken: 18, rpm: 1000, input: 1.6, output: 6.4, flaky: 0.008 },
  { name: "cheap-2", firstToken: 1200, spread: 0.7, perToken: 20, rpm: 800, input: 1.4, output: 5.6, flaky: 0.012 },
  { name: "own", firstToken: 600, spread: 0.9, perToken: 25, rpm: 300, input: 0.9, output: 3.6, flaky: 0.02 },
];
