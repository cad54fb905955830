/** How long a deployment rests after a failure. */
export interface CooldownOptions {
  /** Milliseconds after a first rate limit or overload for which the server names no time; doubled with each in a row, with jitter. Default 5,000. */
  base?: number | undefined;
  /** Milliseconds; the longest such time. A time that the server asks for is kept however long it is. Default 60,000. */
  max?: number | undefined;
  /** Milliseconds after a refused key or a spent quota. Default 300,000. */
  refused?: number | undefined;
}

/** When a deployment that keeps failing is left alone, and when it is tried again. */
export interface BreakerOptions {
  /** Failures in a row (server, connection, timeout, malformed response) that open the circuit. Default 5. */
  failures?: number | undefined;
  /** Milliseconds that it stays open the first time; doubled each time a trial call fails, with jitter. Default 15,000. */
  openFor?: number | undefined;
  /** Milliseconds; the longest. Default 300,000. */
  maxOpenFor?: number | undefined;
  /** Trial calls at a time when it is half-open. The first that succeeds closes the circuit. Default 1. */
  trials?: number | undefined;
}

export interface HealthSettings {
  cooldown: Required<{ [Name in keyof CooldownOptions]: number }>;
  breaker: Required<{ [Name in keyof BreakerOptions]: number }> | undefined;
}
