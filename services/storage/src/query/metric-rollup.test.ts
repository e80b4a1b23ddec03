import assert from "node:assert/strict";
import { test } from "node:test";
import { SeriesFunction } from "@sightline/proto/sightline/query/v1/query_service";
import { rollupFor } from "./metric-rollup.ts";

const DAY_MS = 86_400_000;
const nowMs = 1_800_000_000_000;
const progress = { fiveMinutes: nowMs / 1000 - 600, hours: nowMs / 1000 - 7200 };

const cases = [
  { name: "a fine grid reads samples", step: 60, window: 300, want: undefined },
  { name: "a step of ten minutes reads buckets of five", step: 600, window: 2400, want: "metrics_rollup_5m" },
  { name: "a step of two hours reads hours", step: 7200, window: 28_800, want: "metrics_rollup_1h" },
  { name: "a window within a bucket needs samples", step: 3600, window: 60, want: undefined },
  { name: "a window of buckets of five minutes", step: 3600, window: 900, want: "metrics_rollup_5m" },
  { name: "points beside the ends of buckets need samples", step: 600, window: 2400, offset: 1000, want: undefined },
  { name: "samples that are gone", step: 60, window: 300, daysAgo: 40, want: "metrics_rollup_5m" },
  { name: "samples kept for longer by the tenant", step: 60, window: 300, daysAgo: 40, kept: 90, want: undefined },
  { name: "the last sample, by hours", step: 3600, window: 300, last: true, want: "metrics_rollup_1h" },
  { name: "nothing rolled up yet", step: 7200, window: 7200, none: true, want: undefined },
];
for (const { name, step, window, offset = 0, daysAgo = 1, kept = 30, last = false, none = false, want } of cases) {
  test(`where samples are read: ${name}`, () => {
    const startMs = nowMs - daysAgo * DAY_MS + offset;
    const chosen = rollupFor({
      grid: { startMs, endMs: startMs + 20 * step * 1000, stepSeconds: step, points: 21 },
      function: last ? SeriesFunction.UNSPECIFIED : SeriesFunction.RATE,
      windowSeconds: window,
      sampleDays: kept,
      progress: none ? { fiveMinutes: undefined, hours: undefined } : progress,
      nowMs,
    });
    assert.equal(chosen?.table, want);
  });
}
