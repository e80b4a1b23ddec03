/**
 * What the embedded server costs: its start, a small query, an INSERT of 100 000 spans in Native, a large result, and
 * an idle second. One JSON line per result.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Server } from "../servers/server.ts";
import { startClickHouse } from "./start.ts";

const runs = 7;
const rows = 100_000;
const agent = new Agent({ keepAlive: true });

function post(server: Server, path: string, body: string | Buffer): Promise<Buffer> {
  const { username, password, hostname, port } = new URL(server.url);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const outgoing = request(
    { agent, hostname, port, path, method: "POST", auth: `${username}:${password}` },
    async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const answer = Buffer.concat(chunks);
      if (response.statusCode === 200) resolve(answer);
      else reject(new Error(answer.toString()));
    },
  );
  outgoing.once("error", reject);
  outgoing.end(body);
  return promise;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function report(metric: string, unit: string, samples: readonly number[]): void {
  const sorted = samples.toSorted((a, b) => a - b);
  const [min, value, max] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) =>
    Number(sorted[at]?.toPrecision(4)),
  );
  const config = { rows, node: process.version };
  console.log(
    JSON.stringify({ bench: "clickhouse-server", metric, value, unit, min, max, runs: samples.length, config }),
  );
}

async function sample(work: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let run = 0; run < runs; run++) samples.push(await work());
  return samples;
}

/** CPU time and resident memory of a process, as Linux tells them. */
function usage(pid: number): { cpuMs: number; residentMb: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const anonymous = /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, residentMb: Number(anonymous) / 1024 };
}

async function measure(dir: string): Promise<void> {
  report(
    "start",
    "ms",
    await sample(async () => {
      const start = performance.now();
      const server = await startClickHouse({ dir });
      const took = performance.now() - start;
      await server.stop();
      return took;
    }),
  );
  const server = await startClickHouse({ dir });
  try {
    await pause(2_000);
    const before = usage(server.pid);
    await pause(5_000);
    report("idle-cpu", "percent of a core", [(usage(server.pid).cpuMs - before.cpuMs) / 50]);
    report("idle-memory", "MB, anonymous", [usage(server.pid).residentMb]);
    report("small-query", "ms", await sample(() => milliseconds(() => post(server, "/", "SELECT 1"))));
    const small = () =>
      Promise.all(Array.from({ length: 50 }, () => post(server, "/", "SELECT count() FROM numbers(10000)")));
    report("50-concurrent-queries", "ms", await sample(() => milliseconds(small)));
    await measureInserts(server);
    const large = "SELECT number, toString(number) FROM numbers(5000000) FORMAT RowBinary";
    const megabytes = (await post(server, "/", large)).length / 1e6;
    report(
      "large-result",
      "MB/s",
      await sample(async () => (1000 * megabytes) / (await milliseconds(() => post(server, "/", large)))),
    );
  } finally {
    await server.stop();
  }
}

async function measureInserts(server: Server): Promise<void> {
  const source = `SELECT now64(9) AS t, randomString(16) AS id, 'checkout' AS service, concat('GET /', toString(number % 50)) AS name,
    toUInt64(number) AS duration, map('http.method', 'GET', 'http.route', toString(number % 50)) AS attributes FROM numbers(${rows})`;
  await post(server, "/", `CREATE OR REPLACE TABLE spans ENGINE = MergeTree ORDER BY t AS ${source} LIMIT 0`);
  for (const format of ["Native", "RowBinary", "JSONEachRow"]) {
    const data = await post(server, "/", `${source} FORMAT ${format}`);
    const path = `/?query=INSERT+INTO+spans+FORMAT+${format}`;
    report(
      `insert-${format}`,
      "rows/s",
      await sample(async () => (1000 * rows) / (await milliseconds(() => post(server, path, data)))),
    );
  }
}

const dir = await mkdtemp(join(tmpdir(), "sightline-bench-"));
try {
  await measure(dir);
} finally {
  agent.destroy();
  await rm(dir, { recursive: true, force: true });
}
