// For a test that kills it: appends metrics m0, m1, … to the queue in a directory and says which it has appended.

import { encodeMetrics } from "../otlp/metrics-request.ts";
import { openDiskQueue } from "../outbox/disk-queue.ts";
import { OUTBOX_KINDS } from "../outbox/ingest-client.ts";

const [, , dir = ""] = process.argv;
const queue = await openDiskQueue({
  dir,
  maxBytes: 10_000_000,
  segmentBytes: 2000,
  syncIntervalMs: 50,
  onDropped: () => undefined,
});
for (let n = 0; n < 100_000; n++) {
  const point = { name: `m${n}`, unit: "1", help: "", kind: "gauge", labels: [], value: 1, timeUnixNano: 1n } as const;
  await queue.append(OUTBOX_KINDS.metrics, encodeMetrics({ resource: {}, points: [point] }));
  process.send?.(n);
}
