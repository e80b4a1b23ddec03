import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the range that systems take the near ends of outgoing connections from: there, a client that tries to reach a
 * server which is down may be given the server's own port, talk to itself, and keep the server from coming back.
 */
export const FREE_PORTS: PortRange = { lowest: 15_000, highest: 31_999 };
const tries = 100;

/** Ports, both ends included. */
export interface PortRange {
  readonly lowest: number;
  readonly highest: number;
}

/**
 * A TCP port of the loopback interface that was free a moment ago. Another process may take it: be ready to try again.
 * Tests that run beside each other choose from ranges of their own (SIGHTLINE_TEST_PORTS, `from-to`), so that none takes
 * what another one has chosen and not bound yet, or leaves for a server that is down.
 */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  const { lowest, highest } = rangeIn(process.env["SIGHTLINE_TEST_PORTS"]) ?? FREE_PORTS;
  for (let attempt = 0; attempt < tries; attempt++) {
    const port = randomInt(lowest, highest + 1);
    if (await isPortFree(port, host)) return port;
  }
  throw new Error(`cannot find a free port from ${lowest} to ${highest}`);
}

function rangeIn(text: string | undefined): PortRange | undefined {
  const [, lowest, highest] = /^(\d+)-(\d+)$/.exec(text ?? "") ?? [];
  return lowest === undefined ? undefined : { lowest: Number(lowest), highest: Number(highest) };
}

/** Whether a port can be bound right now. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}

const attempts = 5;

/**
 * Calls `start` with the wanted port; with none wanted, with free ones until one start succeeds, since a port found
 * free may be taken before the server binds it. Other failures than a taken port are final.
 */
export async function onPort<T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (wanted !== undefined) return await start(wanted);
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      const taken = error instanceof Error && /address already in use|EADDRINUSE|could not bind/i.test(error.message);
      if (!taken || attempt === attempts) throw error;
    }
  }
}
