import assert from "node:assert/strict";
import { test } from "node:test";
import { pageOf } from "../render/page.ts";
import type { HealthReport } from "./report.ts";
import { healthSections } from "./to-html.ts";

const healthReportToHtml = (report: HealthReport) => pageOf(report, healthSections(report));

const empty: HealthReport = {
  kind: "health",
  report_id: "01890a5d-ac96-774b-bcce-b302099a8057",
  title: "Fleet health",
  tenant: "default",
  time_range: { start: "2026-11-20T00:00:00.000000000Z", end: "2026-11-21T00:00:00.000000000Z" },
  generated_at: "2026-11-21T00:00:05.000000000Z",
  fleet_health_score: 100,
  status: "healthy",
  healthy_systems: 0,
  total_systems: 0,
  systems: [],
  health_history: [],
  resources: { cpu_percent: [], memory_percent: [], disk_percent: [] },
  events: { total: 0, by_severity: [], by_type: [], by_source: [], timeline: [], worst: [] },
  alerts: [],
  anomalies: [],
  services: [],
  logs: { total: 0, errors: 0 },
  missing: [],
};

const full: HealthReport = {
  ...empty,
  status: "degraded",
  fleet_health_score: 71.4,
  healthy_systems: 1,
  total_systems: 2,
  systems: [
    { target: "<img src=x onerror=alert(1)>", score: 0, status: "unhealthy", reasons: ["a & b"], last_seen: null },
  ],
  health_history: [
    [1_763_600_000_000, 90],
    [1_763_603_600_000, 50],
  ],
  resources: {
    cpu_percent: [{ name: "host-1", points: [[1_763_600_000_000, 12.5]] }],
    memory_percent: [],
    disk_percent: [],
  },
  events: {
    ...empty.events,
    total: 3,
    by_severity: [{ value: "error", count: 3 }],
    timeline: [{ start: "2026-11-20T00:00:00.000000000Z", by_severity: [{ value: "error", count: 3 }] }],
  },
  missing: ["alerts: cannot reach alerter"],
};

test("the file needs nothing else: no script, and nothing from elsewhere", () => {
  for (const report of [empty, full]) {
    const page = healthReportToHtml(report);
    assert.equal(page.match(/<script|<link|@import|url\((?!#)/i), null);
    const addresses = [...page.matchAll(/https?:\/\/[^"'\s<]+/g)].map(([address]) => address);
    assert.deepEqual(
      addresses.filter((address) => !address.startsWith("http://www.w3.org/")),
      [],
      "only the names of XML namespaces look like addresses",
    );
  }
});

test("what senders wrote is text", () => {
  const page = healthReportToHtml(full);
  assert.ok(page.includes("&lt;img src=x onerror=alert(1)&gt;"));
  assert.ok(!page.includes("<img"));
  assert.ok(page.includes("a &amp; b"));
});

test("it shows the figures, a chart for each history, and what is missing", () => {
  const page = healthReportToHtml(full);
  assert.match(page, /71\.4/);
  assert.match(page, /1 of 2/);
  assert.equal([...page.matchAll(/<svg/g)].length, 3);
  assert.match(page, /This report is not complete.*cannot reach alerter/s);
  assert.doesNotMatch(healthReportToHtml(empty), /not complete/);
});
