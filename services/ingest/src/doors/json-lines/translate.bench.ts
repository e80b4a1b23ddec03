import { runRateBench } from "@sightline/otlp/testing/bench";
import { DEFAULT_LIMITS } from "@sightline/otlp/validate";
import { translateLines } from "./translate.ts";

const LINES = 5000;
const body = Buffer.from(
  Array.from({ length: LINES }, (_, at) =>
    JSON.stringify({
      timestamp: new Date(1_700_000_000_000 + at).toISOString(),
      level: at % 10 === 0 ? "error" : "info",
      service: `shop-${at % 3}`,
      message: `order ${at} was taken and is on its way to the customer who waits for it`,
      trace_id: (at + 1).toString(16).padStart(32, "0"),
      user_id: `user-${at % 1000}`,
      duration_ms: at % 500,
    }),
  ).join("\n"),
);

runRateBench({
  bench: "json-lines",
  metric: "records_per_second_per_core",
  unit: "records/s",
  config: { records: LINES, bytesPerRecord: Math.round(body.length / LINES) },
  batch: () => {
    let records = 0;
    for (const part of translateLines(body, "lines", { limits: DEFAULT_LIMITS, service: "", host: "" })) {
      records += part.places.length;
    }
    return records;
  },
});
