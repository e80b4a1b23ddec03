import { createServer } from "node:net";

/** A TCP port of the loopback interface that was free a moment ago. Another process may take it: be ready to try again. */
export function freePort(host = "127.0.0.1"): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", reject);
  server.listen(0, host, () => {
    const address = server.address();
    server.close(() => {
      if (address === null || typeof address === "string") return reject(new Error("cannot find a free port"));
      resolve(address.port);
    });
  });
  return promise;
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
