// What records take on disk once merged: bytes per metric sample (10 000 series, scraped every 15 s), and how many times
// smaller spans and logs are than on the wire, logs also without their indexes.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { startBenchStack } from "./bench-stack.ts";
import { type LoadShape, sendStored } from "./load-run.ts";
import { printFigure, runs } from "./result.ts";
import { clearStored } from "./stored.ts";

const diskBytes = readFileSync(new URL("./sql/disk-bytes.sql", import.meta.url), "utf8");
const onDisk = z.object({ bytes: z.coerce.number(), indexBytes: z.coerce.number(), rows: z.coerce.number() });
const SECONDS = 8;
const SCRAPE_INTERVAL_MS = 15_000;
/** Every sender sends once: a request that came again would be found in the one before it, and take next to no room. */
const DISTINCT = { senders: 32, recordsPerRequest: 4096, recordsPerSecond: (32 * 4096) / SECONDS };
/** 10 000 series, scraped again and again, half a day back. */
const SCRAPES = { stepMs: SCRAPE_INTERVAL_MS };

await using bench = await startBenchStack();

interface Stored {
  readonly wireBytes: number;
  readonly diskBytes: number;
  /** What of these are indexes beside the sort key. */
  readonly indexBytes: number;
  readonly rows: number;
}

async function store(shape: Omit<LoadShape, "seconds">, tables: readonly string[]): Promise<Stored> {
  await clearStored(bench.clickhouse, shape.signal);
  const { report } = await sendStored(bench, { seconds: SECONDS, ...shape });
  const sum = { wireBytes: report.bytes, diskBytes: 0, indexBytes: 0, rows: 0 };
  for (const table of tables) {
    await bench.clickhouse.command(`OPTIMIZE TABLE ${table} FINAL`);
    const [row] = await bench.clickhouse.query(diskBytes, { table }, { schema: onDisk });
    sum.diskBytes += row?.bytes ?? 0;
    sum.indexBytes += row?.indexBytes ?? 0;
    sum.rows += row?.rows ?? 0;
  }
  return sum;
}

async function measure(times: number, once: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let run = 0; run < times; run++) values.push(await once());
  return values;
}

const ratio = ({ wireBytes, diskBytes }: Stored) => wireBytes / diskBytes;
const name = "disk";
printFigure({
  bench: name,
  metric: "bytes_per_sample",
  unit: "bytes",
  values: await measure(runs, async () => {
    const { diskBytes: bytes, rows } = await store({ signal: "metrics", ...SCRAPES }, ["metrics_samples"]);
    return bytes / rows;
  }),
  config: { series: 10_000, scrapeIntervalMs: SCRAPE_INTERVAL_MS },
});
printFigure({
  bench: name,
  metric: "compression_of_spans",
  unit: "times",
  values: await measure(runs, async () =>
    ratio(await store({ signal: "traces", ...DISTINCT }, ["otel_traces", "otel_traces_trace_id_ts"])),
  ),
  config: { attributes: 10, records: DISTINCT.senders * DISTINCT.recordsPerRequest },
});
const logs: Stored[] = [];
for (let run = 0; run < runs; run++) logs.push(await store({ signal: "logs", ...DISTINCT }, ["otel_logs"]));
const config = { bodyBytes: 300, records: DISTINCT.senders * DISTINCT.recordsPerRequest };
printFigure({ bench: name, metric: "compression_of_logs", unit: "times", values: logs.map(ratio), config });
printFigure({
  bench: name,
  metric: "compression_of_logs_without_indexes",
  unit: "times",
  values: logs.map(({ wireBytes, diskBytes, indexBytes }) => wireBytes / (diskBytes - indexBytes)),
  config,
});
