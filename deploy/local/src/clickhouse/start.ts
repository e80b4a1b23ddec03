import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { randomPassword } from "../servers/password.ts";
import { startProcess } from "../servers/process.ts";
import type { Server, ServerOptions } from "../servers/server.ts";
import { parseListeningLine } from "./listening-line.ts";
import { poolThreads } from "./thread-pool.ts";

export interface ClickHouseOptions extends ServerOptions {
  /** Where request bodies wait for the engine, best in memory. Default /dev/shm, else the system's temporary directory. */
  readonly temporaryDir?: string;
  /** What BACKUP and RESTORE may use files of. Default: they may use none. */
  readonly backupsDir?: string;
  /** The largest body of one INSERT, decompressed. Default 512 MiB. */
  readonly maxBodyBytes?: number;
  /** How many statements run at once; more wait. Default 32. */
  readonly maxConcurrentQueries?: number;
}

const readyTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;

/**
 * Starts the embedded ClickHouse server with its data in `dir` and waits until it answers. Rejects with one line when
 * it cannot start, for example because another process has `dir` open.
 */
export async function startClickHouse(options: ClickHouseOptions): Promise<Server> {
  const password = options.password ?? randomPassword();
  const flags = {
    "data-dir": options.dir,
    host: options.host ?? "127.0.0.1",
    port: options.port ?? 0,
    "tmp-dir": options.temporaryDir,
    "backups-dir": options.backupsDir,
    "max-body-bytes": options.maxBodyBytes,
    "max-concurrent-queries": options.maxConcurrentQueries,
  };
  await mkdir(options.dir, { recursive: true });
  const server = startProcess({
    name: "clickhouse",
    command: process.execPath,
    args: [
      fileURLToPath(new URL("./main.ts", import.meta.url)),
      ...Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)])),
    ],
    env: {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      TZ: "UTC",
      NODE_NO_WARNINGS: "1",
      // The password comes in the environment: on the command line it would be everybody's to read.
      SIGHTLINE_CLICKHOUSE_PASSWORD: password,
      UV_THREADPOOL_SIZE: String(poolThreads(options.maxConcurrentQueries)),
    },
    stopTimeoutMs,
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
  });
  try {
    const { host } = parseListeningLine(await server.waitForLine(/"listening"/, readyTimeoutMs));
    const url = new URL(`http://default:${encodeURIComponent(password)}@${host}`);
    const { pid, ended, stop, kill } = server;
    return { url: url.href.replace(/\/$/, ""), port: Number(url.port), pid, ended, stop, kill };
  } catch (error) {
    await server.kill();
    throw error;
  }
}
