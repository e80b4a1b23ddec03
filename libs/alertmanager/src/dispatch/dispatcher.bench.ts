// What it costs to keep 50,000 alerts in 2,000 groups: to take them, to take them again as Prometheus sends them each minute, to look
// at all groups, and to tell them; and what they take of memory. A thousand silences are there, of which some match.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createMaintenance } from "../silence/maintenance.ts";
import { createSilences } from "../silence/silences.ts";
import { createDispatcher } from "./dispatcher.ts";
import type { PostedAlert } from "./kept-alert.ts";
import { configOf } from "./testing/config.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

const RUNS = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);
const alertCount = 50_000;
const groupCount = 2_000;
const silenceCount = 1_000;
const startMs = 1_700_000_000_000;
const minute = 60_000;

const config = configOf(`
route:
  receiver: default
  group_by: [alertname, cluster]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
  - matchers: [ team =~ "team-(1|2|3)" ]
    routes:
    - matchers: [ severity = critical ]
  - matchers: [ severity = warning ]
receivers:
- name: default
  webhook_configs: [ { url: http://there/ } ]
inhibit_rules:
- source_matchers: [ severity = critical ]
  target_matchers: [ severity = warning ]
  equal: [ alertname, instance ]
`);

/** As a large Prometheus sends them. */
function alerts(endsAtMs: number): PostedAlert[] {
  return Array.from({ length: alertCount }, (_, at) => ({
    labels: {
      alertname: `Alert${at % (groupCount / 20)}`,
      cluster: `cluster-${Math.floor(at / 100) % 20}`,
      instance: `10.0.${at >> 8}.${at & 255}:9100`,
      job: `job-${at % 50}`,
      pod: `pod-${at}`,
      severity: at % 3 === 0 ? "critical" : "warning",
      team: `team-${at % 17}`,
    },
    annotations: { summary: `Something is wrong with pod-${at}`, runbook_url: "https://runbooks/alert" },
    startsAtMs: startMs,
    endsAtMs,
    generatorUrl: "http://prometheus/graph?g0.expr=up",
  }));
}

interface Costs {
  readonly put: number;
  readonly refresh: number;
  readonly look: number;
  readonly tell: number;
  readonly ask: number;
  readonly bytesPerAlert: number;
}

/** CPU milliseconds of what is done. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function usedBytes(): number {
  if (typeof collectGarbage === "function") collectGarbage();
  return process.memoryUsage().heapUsed;
}

function run(): Costs {
  let ids = 0;
  const silences = createSilences({ maxSilences: silenceCount, retentionMs: minute, newId: () => `s${++ids}` });
  for (let at = 0; at < silenceCount; at++) {
    const matchers = [
      { name: "instance", operator: at % 10 === 0 ? "=~" : "=", value: `10.0.${at % 200}.${at % 256}:9100` } as const,
      { name: "severity", operator: "!=", value: "info" } as const,
    ];
    silences.set({ matchers, endsAtMs: startMs + 600 * minute, createdBy: "bench", comment: "bench" }, startMs);
  }
  const maintenance = createMaintenance({ maxWindows: 1 });
  let decisions = 0;
  const decide = () => {
    decisions++;
  };
  const common = { config, silences, maintenance, decide, externalUrl: "http://here" };
  const dispatcher = createDispatcher({ ...common, maxAlerts: alertCount, maxGroups: groupCount * 4 });
  const before = usedBytes();
  const first = alerts(startMs + 5 * minute);
  const put = cost(() => dispatcher.put(first, startMs));
  const bytesPerAlert = (usedBytes() - before) / alertCount;
  const again = alerts(startMs + 60 * minute);
  const refresh = cost(() => dispatcher.put(again, startMs + minute));
  const tellMs = startMs + 2 * minute;
  let flushes = 0;
  const tell = cost(() => {
    for (const flush of dispatcher.advance(tellMs)) {
      dispatcher.delivered(flush, { nowMs: tellMs });
      flushes++;
    }
  });
  if (flushes < groupCount || decisions < alertCount)
    throw new Error(`cannot measure: got ${flushes} flushes, want ${groupCount}`);
  // Nothing has changed: all groups are looked at, nobody is told.
  const look = cost(() => {
    if (dispatcher.advance(tellMs + 5 * minute).length > 0)
      throw new Error("cannot measure: got notifications, want none");
  });
  // As a list of all alerts with what hides them is made.
  const ask = cost(() => {
    let hidden = 0;
    for (const fingerprint of dispatcher.fingerprints()) {
      if (dispatcher.alert(fingerprint, tellMs)?.state === "suppressed") hidden++;
    }
    if (hidden === 0) throw new Error("cannot measure: got no alert that is hidden, want some");
  });
  const groups = dispatcher.stats().groups;
  return {
    put: put / alertCount,
    refresh: refresh / alertCount,
    look: look / groups,
    tell: tell / flushes,
    ask: ask / alertCount,
    bytesPerAlert,
  };
}

const costs = Array.from({ length: RUNS + 1 }, run).slice(1);

function print(metric: string, unit: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const round = (value = Number.NaN) => Number(value.toPrecision(4));
  const figure = {
    bench: "dispatch",
    metric,
    value: round(sorted[sorted.length >> 1]),
    unit,
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    runs: sorted.length,
    config: { node: process.version, alerts: alertCount, groups: groupCount, silences: silenceCount },
  };
  console.log(JSON.stringify(figure));
}

const perSecond = (milliseconds: number) => 1000 / milliseconds;
print(
  "alerts_taken_per_second_per_core",
  "alerts/s",
  costs.map(({ put }) => perSecond(put)),
);
print(
  "alerts_taken_again_per_second_per_core",
  "alerts/s",
  costs.map(({ refresh }) => perSecond(refresh)),
);
print(
  "groups_told_per_second_per_core",
  "flushes/s",
  costs.map(({ tell }) => perSecond(tell)),
);
print(
  "groups_looked_at_per_second_per_core",
  "groups/s",
  costs.map(({ look }) => perSecond(look)),
);
print(
  "alerts_asked_per_second_per_core",
  "alerts/s",
  costs.map(({ ask }) => perSecond(ask)),
);
print(
  "bytes_per_alert",
  "bytes",
  costs.map(({ bytesPerAlert }) => bytesPerAlert),
);
