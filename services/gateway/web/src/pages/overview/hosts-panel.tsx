import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { type MetricQuery, metricQuery } from "../../api/metrics.ts";
import { lastValue } from "../../charts/series-table.ts";
import { Sparkline } from "../../charts/sparkline.tsx";
import { Panel } from "../../components/panel.tsx";
import { ErrorState } from "../../components/states.tsx";
import { formatBytes, formatPercent, significant } from "../../format/number.ts";
import type { TimeRange } from "../../time/time-range.ts";
import classes from "./hosts-panel.module.css";

interface Gauge {
  readonly label: string;
  readonly query: MetricQuery;
  readonly format: (value: number) => string;
  readonly color: string;
  readonly max?: number;
  /** Of several series the one with this label and value. */
  readonly pick?: readonly [label: string, value: string];
}

const plain = { match: [], function: "", by: [] } as const;
const perSecond = (value: number) => `${formatBytes(value)}/s`;
const network = {
  metric: "system_network_bytes_total",
  match: [],
  function: "rate",
  aggregation: "sum",
  by: ["direction"],
} as const;

/** All hosts together: means of what is shared out, the fullest disk, sums of what flows. */
const gauges: readonly Gauge[] = [
  {
    label: "CPU, mean",
    query: { ...plain, metric: "system_cpu_usage_percent", aggregation: "avg" },
    format: formatPercent,
    color: "var(--series-0)",
    max: 100,
  },
  {
    label: "Memory, mean",
    query: { ...plain, metric: "system_memory_usage_percent", aggregation: "avg" },
    format: formatPercent,
    color: "var(--series-4)",
    max: 100,
  },
  {
    label: "Fullest disk",
    query: { ...plain, metric: "system_disk_usage_percent", aggregation: "max" },
    format: formatPercent,
    color: "var(--series-5)",
    max: 100,
  },
  {
    label: "Load, 1 min",
    query: { ...plain, metric: "system_cpu_load_1m", aggregation: "avg" },
    format: significant,
    color: "var(--series-6)",
  },
  {
    label: "Received",
    query: network,
    pick: ["direction", "rx"],
    format: perSecond,
    color: "var(--series-2)",
  },
  {
    label: "Sent",
    query: network,
    pick: ["direction", "tx"],
    format: perSecond,
    color: "var(--series-1)",
  },
];

/** What the hosts do, as one small line for each kind of load. */
export function HostsPanel({ range }: { range: TimeRange }) {
  const first = useQuery(metricQuery(gauges[0]?.query ?? { ...plain, metric: "", aggregation: "" }, range));
  return (
    <Panel title="Hosts" to="/metrics">
      {first.isError && first.data === undefined ? (
        <ErrorState compact error={first.error} onRetry={() => void first.refetch()} />
      ) : (
        <div className={classes.gauges}>
          {gauges.map((gauge) => (
            <GaugeLine key={gauge.label} gauge={gauge} range={range} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function GaugeLine({ gauge, range }: { gauge: Gauge; range: TimeRange }) {
  const answer = useQuery(metricQuery(gauge.query, range));
  const { pick } = gauge;
  const series = answer.data?.series.find(({ labels }) => pick === undefined || labels[pick[0]] === pick[1]);
  const points = series?.points ?? [];
  const newest = lastValue(points);
  return (
    <Link to="/metrics" className={classes.gauge}>
      <span className={classes.label}>{gauge.label}</span>
      <span className={classes.value}>{newest === null ? "–" : gauge.format(newest)}</span>
      <span className={classes.line}>
        <Sparkline values={points.map(([, value]) => value)} color={gauge.color} max={gauge.max} />
      </span>
    </Link>
  );
}
