import { compressSync } from "snappy";
import { encodeV1 } from "../../services/ingest/src/doors/remote-write/testing/encode.ts";

/** What rules look at: so many metrics, each with so many series. */
export const METRICS = 500;
export const SERIES_OF_METRIC = 20;
export const SCRAPE_MS = 15_000;
/** … and how many rules there are. */
export const RULES = 10_000;

const RULES_OF_GROUP = 20;
const GROUPS_OF_FILE = 50;

const REQUEST_SERIES = 2000;

const nameOf = (metric: number) => `app_${metric}_requests_total`;

/** By turns a rate by job, a share of errors, a newest value and a maximum, each of a metric of its own. */
export function expressionOf(rule: number): string {
  const name = nameOf((rule * 7) % METRICS);
  switch (rule % 4) {
    case 0:
      return `sum by (job) (rate(${name}[5m]))`;
    case 1:
      return `sum(rate(${name}{code=~"5.."}[5m])) / sum(rate(${name}[5m])) > 1.${rule}`;
    case 2:
      return `${name}{job="job-${rule % 4}"} > ${1e12 + rule}`;
    default:
      return `max_over_time(${name}{code!="200"}[10m]) > ${1e12 + rule}`;
  }
}

/** The rules by the name of their file: one in four is recorded, the others are alerts that do not fire. */
export function* ruleFiles(): Generator<[name: string, source: string]> {
  const rulesOfFile = RULES_OF_GROUP * GROUPS_OF_FILE;
  for (let first = 0; first < RULES; first += rulesOfFile) {
    const lines = ["groups:"];
    for (let rule = first; rule < first + rulesOfFile; rule++) {
      const expr = JSON.stringify(expressionOf(rule));
      if (rule % RULES_OF_GROUP === 0) lines.push(`- name: group ${rule}`, "  interval: 30s", "  rules:");
      if (rule % 4 === 0) lines.push(`  - { record: "job:app_${rule}:rate5m", expr: ${expr} }`);
      else lines.push(`  - { alert: App${rule}, expr: ${expr}, for: 5m, labels: { severity: page } }`);
    }
    yield [`load-${first}`, `${lines.join("\n")}\n`];
  }
}

/** What was scraped at some times, as bodies of remote write. */
export function* scrapes(times: readonly number[]): Generator<Buffer> {
  const series = Array.from({ length: METRICS * SERIES_OF_METRIC }, (_, at) => ({
    labels: {
      __name__: nameOf(at % METRICS),
      code: ["200", "404", "500"][at % 3] ?? "",
      instance: `10.0.${at % 7}.${Math.floor(at / METRICS)}:9100`,
      job: `job-${at % 4}`,
    },
    at,
  }));
  for (let from = 0; from < series.length; from += REQUEST_SERIES) {
    const some = series.slice(from, from + REQUEST_SERIES).map(({ labels, at }) => ({
      labels,
      samples: times.map((timestamp) => ({ timestamp, value: Math.floor((timestamp / 1000) * (1 + (at % 11))) })),
    }));
    yield compressSync(encodeV1(some));
  }
}
