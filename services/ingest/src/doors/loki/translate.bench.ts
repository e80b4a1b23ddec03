import { runRateBench } from "@sightline/otlp/testing/bench";
import { DEFAULT_LIMITS } from "@sightline/otlp/validate";
import { pushRequest } from "./testing/push.ts";
import { translatePush } from "./translate.ts";

const STREAMS = 20;
const ENTRIES = 250;
const line = (stream: number, at: number): string =>
  stream % 4 === 0
    ? `{"level":"info","msg":"order ${at} was taken","trace_id":"${(at + 1).toString(16).padStart(32, "0")}"}`
    : `10.0.0.${at % 250} - - [14/Nov/2023:22:13:20 +0000] "GET /api/v1/orders/${at} HTTP/1.1" 200 512 "-" "curl/8"`;

const body = pushRequest(
  Array.from({ length: STREAMS }, (_, stream) => ({
    labels: `{job="shop", env="prod", namespace="web", pod="shop-${stream}", container="nginx"}`,
    entries: Array.from({ length: ENTRIES }, (__, at) => ({
      timeUnixNano: 1_700_000_000_000_000_000n + BigInt(at) * 1_000_003n,
      line: line(stream, at),
    })),
  })),
);

runRateBench({
  bench: "loki-push",
  metric: "entries_per_second_per_core",
  unit: "entries/s",
  config: { entries: STREAMS * ENTRIES, bytesPerEntry: Math.round(body.length / (STREAMS * ENTRIES)) },
  batch: () => {
    let entries = 0;
    for (const { places } of translatePush(body, "protobuf", DEFAULT_LIMITS)) entries += places.length;
    return entries;
  },
});
