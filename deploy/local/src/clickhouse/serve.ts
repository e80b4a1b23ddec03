import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { openEngine } from "./engine.ts";
import { createHttpServer } from "./http-server.ts";
import { createQueryHandler } from "./query-handler.ts";
import { spoolDirectory } from "./spool.ts";

export interface ServeOptions {
  readonly dataDirectory: string;
  /** What BACKUP and RESTORE may use files of; without it they may use none. */
  readonly backupsDirectory?: string | undefined;
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
  /** Refuses new connections, lets statements end for a while, cancels those that do not, closes the data directory. */
  stop(): Promise<void>;
}

/** How long statements may go on after `stop`, and how long they may take to notice that they are cancelled. */
const GRACE_MS = 3_000;
const CANCEL_MS = 3_000;
const MAX_WAITING_QUERIES = 1_000;

/** Opens the data directory and listens. Rejects with one readable line when it cannot. */
export async function serveClickHouse(options: ServeOptions): Promise<ClickHouseServer> {
  mkdirSync(options.dataDirectory, { recursive: true });
  const engine = await openEngine(options.dataDirectory, options.backupsDirectory);
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
      await Promise.race([closed, delay(GRACE_MS)]);
      if (queries.running() > 0) await engine.cancel("").catch(() => undefined);
      server.closeAllConnections();
      for (const deadline = performance.now() + CANCEL_MS; queries.running() > 0; await delay(20)) {
        if (performance.now() > deadline) break;
      }
      queries.close();
      if (queries.running() === 0) engine.shutDown();
      // The engine would hold up an orderly end until its statement has ended. What is acknowledged is on the disk.
      else process.kill(process.pid, "SIGKILL");
    },
  };
}
