import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { openEngine } from "./engine.ts";
import { createHttpServer } from "./http-server.ts";
import { createQueryHandler } from "./query-handler.ts";
import { spoolDirectory } from "./spool.ts";

export interface ServeOptions {
  readonly dataDirectory: string;
  /** Where bodies and named pipes are kept, best in memory. */
  readonly temporaryDirectory: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Of the user `default`; "" for none. */
  readonly password: string;
  readonly maxBodyBytes: number;
  readonly maxConcurrentQueries: number;
}

export interface ClickHouseServer {
  /** Address and port, as they stand in a URL. */
  readonly host: string;
  readonly version: string;
  /** Refuses new connections, lets statements end for `STOP_MS`, closes the data directory. */
  stop(): Promise<void>;
}

const STOP_MS = 5_000;
const MAX_WAITING_QUERIES = 1_000;

/** Opens the data directory and listens. Rejects with one readable line when it cannot. */
export async function serveClickHouse(options: ServeOptions): Promise<ClickHouseServer> {
  mkdirSync(options.dataDirectory, { recursive: true });
  const engine = await openEngine(options.dataDirectory);
  const queries = createQueryHandler({
    engine,
    password: options.password,
    spoolDirectory: spoolDirectory(options.temporaryDirectory),
    maxBodyBytes: options.maxBodyBytes,
    maxConcurrentQueries: options.maxConcurrentQueries,
    maxWaitingQueries: MAX_WAITING_QUERIES,
  });
  const server = createHttpServer(queries);
  server.listen(options.port, options.host);
  try {
    await once(server, "listening");
  } catch (error) {
    queries.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot listen on ${options.host}:${options.port}: ${reason}`, { cause: error });
  }
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : options.port;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;

  return {
    host: `${host}:${port}`,
    version: engine.version,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      await Promise.race([closed, delay(STOP_MS)]);
      server.closeAllConnections();
      queries.close();
      // The engine cannot be closed under a statement; the process ends with it, which loses nothing acknowledged.
      if (queries.running() === 0) engine.shutDown();
    },
  };
}
