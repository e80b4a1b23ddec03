// How long a sender waits for its acknowledgement at half of what the whole way can take: an open loop, counted from when
// each request was to be sent.
import { startBenchStack } from "./bench-stack.ts";
import { findMaximum } from "./calibrate.ts";
import type { LoadReport } from "./load/options.ts";
import { SHAPES, storeLoad } from "./load-run.ts";
import { printFigure, runs, seconds } from "./result.ts";

/** More than are ever under way at once, so that none waits for a sender. */
const SENDERS = 16;

await using bench = await startBenchStack();
const maximum = await findMaximum(bench, "traces");
const recordsPerSecond = Math.round(maximum.queryable / 2);
const reports: LoadReport[] = [];
for (let run = 0; run < runs; run++) {
  const { report } = await storeLoad(bench, { signal: "traces", seconds, recordsPerSecond, senders: SENDERS });
  reports.push(report);
}
const { recordsPerRequest } = SHAPES.traces;
const config = { seconds, recordsPerSecond, recordsPerRequest, senders: SENDERS };
for (const share of ["p50", "p95", "p99"] as const) {
  const values = reports.map(({ ackMs }) => ackMs[share]);
  printFigure({ bench: "ack", metric: `sent_to_acknowledged_${share}`, unit: "ms", values, config });
}
