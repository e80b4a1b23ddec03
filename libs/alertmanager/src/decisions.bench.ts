// What it costs to decide about an alert by the configuration: its fingerprint, its routes in a tree of 500 nodes, and whether one of
// 50,000 active alerts keeps it back by one of 20 rules. One in ten of them is a source.
import { loadConfig } from "./config/config.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { createInhibitor } from "./inhibit/inhibitor.ts";
import type { Labels } from "./notification.ts";
import { groupKeyOf, groupLabelsOf } from "./route/group-key.ts";
import { createRouteTree, matchRoutes } from "./route/route.ts";

const RUNS = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);
const alertCount = 50_000;
const nowMs = 1_700_000_000_000;

const teams = Array.from({ length: 100 }, (_, at) => `team-${at}`);
const text = `
route:
  receiver: all
  group_by: [alertname, cluster]
  routes:
${teams
  .map(
    (team) => `  - matchers: ['team="${team}"']
    routes:
    - matchers: ['severity=~"critical|page"']
    - matchers: ['severity="warning"', 'env!~"dev.*"']
    - matchers: ['namespace=~"kube-.+"']
    - matchers: ['alertname="Watchdog"']`,
  )
  .join("\n")}
receivers: [{name: all}]
inhibit_rules:
${Array.from(
  { length: 20 },
  (_, at) => `- source_matchers: ['severity="critical"', 'alertname="Alert${at}"']
  target_matchers: ['severity=~"warning|info"']
  equal: [cluster, namespace]`,
).join("\n")}
`;

const alerts = Array.from(
  { length: alertCount },
  (_, at): Labels => ({
    alertname: `Alert${at % 200}`,
    cluster: `cluster-${at % 20}`,
    env: at % 3 === 0 ? "prod" : "dev-1",
    instance: `10.0.${at >> 8}.${at & 255}:9100`,
    namespace: `namespace-${at % 500}`,
    severity: at % 200 < 20 ? "critical" : "warning",
    team: `team-${at % 100}`,
  }),
);

const config = loadConfig(text);
const tree = createRouteTree(config.route);
const fingerprints = alerts.map(fingerprintOf);
const figures = new Map<string, number[]>();

for (let run = 0; run <= RUNS; run++) {
  const inhibitor = createInhibitor(config.inhibitRules);
  measure(run, "read_config_cpu_milliseconds", 1, () => loadConfig(text), 1e3);
  measure(run, "fingerprint_cpu_microseconds", alertCount, () => {
    for (const labels of alerts) fingerprintOf(labels);
  });
  measure(run, "route_cpu_microseconds", alertCount, () => {
    for (const labels of alerts) {
      for (const route of matchRoutes(tree, labels)) groupKeyOf(route, groupLabelsOf(route, labels));
    }
  });
  measure(run, "set_source_cpu_microseconds", alertCount, () => {
    for (const [at, labels] of alerts.entries()) {
      inhibitor.set({ fingerprint: fingerprints[at] ?? "", labels, endsAtMs: nowMs + 60_000 });
    }
  });
  measure(run, "inhibited_cpu_microseconds", alertCount, () => {
    for (const labels of alerts) inhibitor.inhibitionOf(labels, nowMs);
  });
}

/** Microseconds (or what `perUnit` says) of CPU time for each time; the first run is not compiled yet. */
function measure(run: number, metric: string, times: number, work: () => unknown, perUnit = 1): void {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  if (run === 0) return;
  const values = figures.get(metric) ?? [];
  values.push((user + system) / perUnit / times);
  figures.set(metric, values);
}

for (const [metric, values] of figures) {
  const sorted = values.toSorted((a, b) => a - b);
  const round = (value = Number.NaN) => Number(value.toPrecision(4));
  const figure = {
    bench: "alert-decisions",
    metric,
    value: round(sorted[Math.floor(sorted.length / 2)]),
    unit: metric.endsWith("milliseconds") ? "ms" : "us",
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    runs: sorted.length,
    config: { node: process.version, alerts: alertCount, routes: 501, rules: 20 },
  };
  console.log(JSON.stringify(figure));
}
