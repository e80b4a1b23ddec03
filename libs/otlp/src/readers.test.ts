import assert from "node:assert/strict";
import { test } from "node:test";
import { createPointSampler } from "./point-sampler.ts";
import { type NumberPoint, readNumberPoints } from "./points.ts";
import { readLogRecords } from "./records.ts";
import { expectedLogs } from "./testing/expected-logs.ts";
import { generateLogs, generateMetrics } from "./testing/generate.ts";

const load = { seed: 4, requests: 1, records: 60, nowUnixNano: 1_700_000_000_000_000_000n };

test("log records are read as storage keeps them", () => {
  for (const request of generateLogs(load)) {
    const records = readLogRecords(request);
    const rows = expectedLogs(request, { tenant: "", receivedUnixNano: 0n });
    assert.deepEqual(
      records.map((record) => [
        record.timeUnixNano,
        record.severityText,
        record.body,
        record.traceId,
        record.serviceName,
      ]),
      rows.map((row) => [row["Timestamp"], row["SeverityText"], row["Body"], row["TraceId"], row["ServiceName"]]),
    );
    assert.deepEqual(Object.entries(records[0]?.attributes ?? {}), rows[0]?.["LogAttributes"]);
  }
});

test("the numbers of gauges and sums are read with their labels, histograms are passed over", () => {
  for (const request of generateMetrics({ ...load, records: 200 })) {
    const points: NumberPoint[] = [];
    readNumberPoints(request, (point) => void points.push(point));
    assert.equal(points.length, 180);
    const [first] = points;
    assert.equal(first?.metric, "shop.http.server.request.count.0");
    assert.equal(first?.timeUnixNano, load.nowUnixNano);
    assert.equal(first?.labels["http.request.method"], "GET");
    assert.match(first?.resource["service.name"] ?? "", /^shop-\d+$/);
    assert.deepEqual(new Set(points.map(({ monotonic }) => monotonic)), new Set([true, false]));
  }
});

test("a series is looked at once in an interval, those of another tenant on their own", () => {
  const sample = createPointSampler({ intervalMs: 10_000, maxSeries: 10_000 });
  const count = (tenant: string, seconds: number) => {
    let points = 0;
    const nowUnixNano = load.nowUnixNano + BigInt(seconds) * 1_000_000_000n;
    for (const request of generateMetrics({ ...load, records: 200, nowUnixNano })) {
      sample(tenant, request, () => {
        points += 1;
      });
    }
    return points;
  };
  assert.equal(count("a", 0), 180);
  assert.equal(count("a", 9), 0);
  assert.equal(count("b", 9), 180);
  assert.equal(count("a", 10), 180);
  assert.equal(count("a", 25), 180);
});

test("what is no request is refused", () => {
  assert.throws(() => readNumberPoints(Buffer.from([0x0a, 5, 1]), () => undefined), { code: "invalid_argument" });
});
