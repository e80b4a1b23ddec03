// What it costs to replay 14 days of 100 rules at one minute, with what is stored answered from memory: rules that never fire, and rules
// that fire each day, with their groups told and told again. Two rules of the draft are others.

import { backtest } from "./backtest.ts";
import type { FileGroup, Setup } from "./change-set.ts";
import type { RangeSource } from "./range-queries.ts";
import { BEGIN_MS, groupsOf, ms, routingOf } from "./testing/replayed.ts";

const RUNS = Number(process.env["SIGHTLINE_BENCH_RUNS"] ?? 5);
const rulesOfGroup = 10;
const groupCount = 10;
const seriesCount = 5;
const minute = 60_000;

const routing = routingOf(`
route: { receiver: chat, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h }
receivers:
- name: chat
  webhook_configs: [ { url: "http://there/" } ]
`);

/** Answers with so many series for ten minutes of each day, or with nothing. */
function sourceOf(fires: boolean): RangeSource {
  const labels = Array.from({ length: seriesCount }, (_, at) => ({
    __name__: "x",
    instance: `10.0.0.${at}:9100`,
    job: "api",
  }));
  return {
    instant: async () => [],
    async range({ startMs, endMs, stepMs }) {
      if (!fires) return [];
      const timesMs: number[] = [];
      for (let atMs = startMs; atMs <= endMs; atMs += stepMs)
        if (Math.floor(atMs / minute) % 1440 < 10) timesMs.push(atMs);
      const values = timesMs.map(() => 1);
      return labels.map((one) => ({ labels: one, timesMs, values }));
    },
  };
}

function setup(isDraft: boolean): Setup {
  const groups = Array.from({ length: groupCount }, (_, group): readonly FileGroup[] => {
    const rules = Array.from({ length: rulesOfGroup }, (__, at) => {
      const waits = isDraft && group === 0 && at < 2 ? "8m" : "5m";
      return `  - { alert: Alert${group}_${at}, expr: x > ${at}, for: ${waits}, labels: { severity: page } }\n`;
    });
    return groupsOf(rules.join("")).map((one) => ({ ...one, file: `f${group}`, key: `f${group}` }));
  });
  return { groups: groups.flat(), routing };
}

async function run(fires: boolean): Promise<number> {
  const before = process.cpuUsage();
  const answer = await backtest({
    changes: { before: setup(false), after: setup(true) },
    source: sourceOf(fires),
    surroundings: {
      ...{ silences: [], windows: [], actions: [] },
      people: { policies: new Map(), contacts: new Map(), schedules: new Map(), severityOf: () => "error" },
    },
    startMs: BEGIN_MS,
    endMs: BEGIN_MS + ms("2w"),
    bounds: {
      ...{ maxEvaluations: 10_000_000, chunkSteps: 2880, maxInstants: 1000 },
      ...{ maxAlerts: 10_000, maxEpisodes: 20_000, maxDurationMs: 600_000 },
    },
    signal: new AbortController().signal,
    clock: () => 0,
    pause: async () => undefined,
  });
  const { user, system } = process.cpuUsage(before);
  if (answer.notes.length > 0 || answer.receivers.length === (fires ? 0 : 1))
    throw new Error("cannot measure: got another answer");
  return (user + system) / 1000;
}

function print(metric: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const round = (value = Number.NaN) => Number(value.toPrecision(4));
  const figure = {
    bench: "backtest",
    metric,
    value: round(sorted[sorted.length >> 1]),
    unit: "ms",
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    runs: sorted.length,
    config: {
      node: process.version,
      rules: rulesOfGroup * groupCount,
      series: seriesCount,
      days: 14,
      intervalMs: minute,
    },
  };
  console.log(JSON.stringify(figure));
}

for (const fires of [false, true]) {
  const values: number[] = [];
  // The first one is not compiled yet.
  for (let at = 0; at <= RUNS; at++) values.push(await run(fires));
  print(`${fires ? "rules_that_fire_daily" : "quiet_rules"}_cpu_milliseconds`, values.slice(1));
}
