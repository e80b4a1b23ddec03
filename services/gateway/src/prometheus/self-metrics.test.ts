import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import { Counter, Gauge, Histogram, Registry, Summary } from "prom-client";
import { selfMetrics } from "./self-metrics.ts";

const caller = { tenant: DEFAULT_TENANT, name: "key:1", level: "query", byCookie: false } as const;

function measured(): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: "requests_total", help: "requests", labelNames: ["code"], registers }).inc({ code: "200" }, 3);
  new Gauge({ name: "lag", help: "how far behind", registers }).set(Number.NaN);
  const seconds = { name: "seconds", help: "how long", labelNames: ["path"], buckets: [0.5, 1], registers };
  const histogram = new Histogram(seconds);
  histogram.observe({ path: "/a" }, 0.25);
  histogram.observe({ path: "/a" }, 2);
  histogram.observe({ path: "/b" }, 0.75);
  new Summary({ name: "sizes", help: "how large", percentiles: [0.5], registers }).observe(4);
  return registry;
}

const familyOf = async (pattern: string) => (await selfMetrics(measured(), { caller, pattern }))[0];

test("counters and gauges are told as protobuf's JSON says them", async () => {
  assert.deepEqual(await familyOf("requests_total"), {
    name: "requests_total",
    help: "requests",
    type: "COUNTER",
    metric: [{ label: [{ name: "code", value: "200" }], counter: { value: 3 } }],
  });
  assert.deepEqual(await familyOf("lag"), {
    name: "lag",
    help: "how far behind",
    type: "GAUGE",
    metric: [{ gauge: { value: "NaN" } }],
  });
});

test("the samples of a histogram are one object for each of its series", async () => {
  const bucket = (counts: readonly number[]) => [
    { cumulativeCount: String(counts[0]), upperBound: 0.5 },
    { cumulativeCount: String(counts[1]), upperBound: 1 },
    { cumulativeCount: String(counts[2]), upperBound: "Infinity" },
  ];
  assert.deepEqual(await familyOf("seconds"), {
    name: "seconds",
    help: "how long",
    type: "HISTOGRAM",
    metric: [
      {
        label: [{ name: "path", value: "/a" }],
        histogram: { sampleCount: "2", sampleSum: 2.25, bucket: bucket([1, 1, 2]) },
      },
      {
        label: [{ name: "path", value: "/b" }],
        histogram: { sampleCount: "1", sampleSum: 0.75, bucket: bucket([0, 1, 1]) },
      },
    ],
  });
  assert.deepEqual(await familyOf("sizes"), {
    name: "sizes",
    help: "how large",
    type: "SUMMARY",
    metric: [{ summary: { sampleCount: "1", sampleSum: 4, quantile: [{ quantile: 0.5, value: 4 }] } }],
  });
});

test("a pattern has to match whole names, and to be one", async () => {
  const names = async (pattern: string) =>
    (await selfMetrics(measured(), { caller, pattern })).map((family) => ("name" in family ? family.name : ""));
  assert.deepEqual(await names(""), ["requests_total", "lag", "seconds", "sizes"]);
  assert.deepEqual(await names("s.*s"), ["seconds", "sizes"]);
  assert.deepEqual(await names("requests"), []);
  await assert.rejects(names("("), { code: "invalid_argument", message: /metric_name_pattern/ });
});

test("tenants do not see how the system does", async () => {
  const other = { ...caller, tenant: "acme" };
  await assert.rejects(selfMetrics(measured(), { caller: other, pattern: "" }), { code: "permission_denied" });
});
