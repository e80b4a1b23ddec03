import { runRateBench } from "@sightline/otlp/testing/bench";
import { createLogBatch } from "./log-batch.ts";
import { newLogRecord } from "./log-record.ts";
import { createObjectReader } from "./object-reader.ts";
import { parseObject } from "./parse-object.ts";

/** Lines of three programs, mixed, as one agent sends them. */
const lines = Array.from({ length: 5000 }, (_, at) =>
  JSON.stringify({
    timestamp: new Date(1_700_000_000_000 + at).toISOString(),
    level: at % 10 === 0 ? "error" : "info",
    service: `shop-${at % 3}`,
    message: `order ${at} was taken and is on its way to the customer who waits for it`,
    trace_id: (at + 1).toString(16).padStart(32, "0"),
    user_id: `user-${at % 1000}`,
    duration_ms: at % 500,
    context: { endpoint: "/api/v1/orders", method: "POST", status: 200 },
  }),
);

const read = createObjectReader({ maxFields: 1024 });
const record = newLogRecord();
const batch = createLogBatch({ maxRecordBytes: 1 << 20 });

runRateBench({
  bench: "json-records",
  metric: "records_per_second_per_core",
  unit: "records/s",
  config: { records: lines.length, bytesPerRecord: Math.round(lines.join("").length / lines.length) },
  batch: () => {
    for (const line of lines) {
      const parsed = parseObject(line);
      if ("refusal" in parsed || read(parsed.fields, record) !== "") throw new Error("cannot read the line");
      batch.add(record);
    }
    batch.take();
    return lines.length;
  },
});
