import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { countBufferMemory } from "@sightline/service/buffer-memory";
import { formatListeningLine } from "./listening-line.ts";
import { serveClickHouse } from "./serve.ts";
import { defaultMaxConcurrentQueries, ensureThreadPool, poolThreads } from "./thread-pool.ts";

const usage = `usage: node main.ts --data-dir <dir> [--host 127.0.0.1] [--port 7301] [--tmp-dir /dev/shm]
                   [--backups-dir <dir>]                   [--max-body-bytes 536870912] [--max-concurrent-queries ${defaultMaxConcurrentQueries}]
The password of the user "default" is taken from SIGHTLINE_CLICKHOUSE_PASSWORD (default: none).`;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`cannot start: got --${name} "${text}", want a whole number`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      "data-dir": { type: "string" },
      "backups-dir": { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "7301" },
      "tmp-dir": { type: "string", default: existsSync("/dev/shm") ? "/dev/shm" : tmpdir() },
      "max-body-bytes": { type: "string", default: String(512 * 1024 * 1024) },
      "max-concurrent-queries": { type: "string", default: String(defaultMaxConcurrentQueries) },
    },
  });
  if (values["data-dir"] === undefined) throw new Error(usage);
  return {
    dataDirectory: resolve(values["data-dir"]),
    backupsDirectory: values["backups-dir"] === undefined ? undefined : resolve(values["backups-dir"]),
    temporaryDirectory: resolve(values["tmp-dir"]),
    host: values.host,
    port: wholeNumber("port", values.port),
    password: process.env["SIGHTLINE_CLICKHOUSE_PASSWORD"] ?? "",
    maxBodyBytes: wholeNumber("max-body-bytes", values["max-body-bytes"]),
    maxConcurrentQueries: Math.max(1, wholeNumber("max-concurrent-queries", values["max-concurrent-queries"])),
  };
}

async function main(): Promise<void> {
  const options = readOptions();
  countBufferMemory();
  ensureThreadPool(poolThreads(options.maxConcurrentQueries));
  const server = await serveClickHouse(options);
  const stop = async () => {
    await server.stop();
    process.exit(0);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.stdout.write(formatListeningLine(server));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
