import { connect } from "node:net";
import { describe } from "vitest";

/** The servers that some tests need, where they are expected unless the environment says otherwise. */
export const SERVICES = {
  redis: process.env.TEST_REDIS_URL ?? "redis://127.0.0.1:6379",
  postgres: process.env.TEST_POSTGRES_URL ?? "postgres://postgres@127.0.0.1:5432/test",
} as const;

export type Service = keyof typeof SERVICES;

/**
 * `describe` for tests that need servers which a machine may lack: where one does not listen they are skipped, with a loud line that says so, and with
 * `CI=true` they fail.
 */
export async function describeWith(services: readonly Service[], name: string, tests: () => void): Promise<void> {
  const missing = await missingServices(services);
  if (missing.length === 0) {
    describe(name, tests);
    return;
  }
  const where = missing.map((service) => `${service} at ${new URL(SERVICES[service]).host}`).join(" and ");
  console.warn(`SKIPPED: "${name}" needs ${where}, and nothing listens there`);
  describe.skip(`${name} (needs ${where})`, tests);
}

/** Those of the servers that do not listen here. With `CI=true` none is missing: what needs it is to fail. */
export async function missingServices(services: readonly Service[]): Promise<readonly Service[]> {
  if (process.env.CI === "true") return [];
  const found = await Promise.all(services.map((service) => listens(SERVICES[service])));
  return services.filter((_, at) => !found[at]);
}

function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const tell = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", tell(true)).once("error", tell(false));
  });
}
