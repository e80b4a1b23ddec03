import type { MetricQuery } from "../../api/metrics.ts";
import type { Series } from "../../api/types.ts";
import { seriesOf } from "../../charts/metric-series.ts";
import type { ChartSeries } from "../../charts/series-table.ts";
import { formatBytes, formatPercent, formatWhole, significant } from "../../format/number.ts";
import { colorOfIndex } from "../../format/palette.ts";

/** What a query draws: all its series, its only one by a name, or those with certain values of a label, each by a name. */
export interface BoardLines {
  readonly query: MetricQuery;
  readonly name?: string;
  readonly pick?: { readonly label: string; readonly names: Readonly<Record<string, string>> };
}

/** One chart of the host board. */
export interface BoardChart {
  readonly title: string;
  readonly lines: readonly BoardLines[];
  readonly format: (value: number) => string;
  /** The top of the axis where it is known. */
  readonly max?: number;
  readonly stacked?: boolean;
  readonly binary?: boolean;
}

/** The labels that may name a host, the surest first. */
const HOST_LABELS = ["host.name", "host_name", "host", "instance", "service.instance.id"];

/** The label that tells hosts apart, and the hosts; no label where there is none. */
export function hostsOf(series: readonly { readonly labels: Readonly<Record<string, string>> }[]): {
  readonly label: string | undefined;
  readonly hosts: readonly string[];
} {
  const label = HOST_LABELS.find((name) => series.some(({ labels }) => labels[name] !== undefined));
  if (label === undefined) return { label, hosts: [] };
  return { label, hosts: [...new Set(series.flatMap(({ labels }) => labels[label] ?? []))].sort() };
}

/**
 * The charts of the host metrics. With a host only its values; without one, a line for each host where that can be read,
 * and sums or means otherwise.
 */
export function boardCharts(hostLabel: string | undefined, host: string): readonly BoardChart[] {
  const match = hostLabel !== undefined && host !== "" ? [`${hostLabel}=${host}`] : [];
  const perHost = hostLabel === undefined ? [] : [hostLabel];
  const query = (metric: string, aggregation: string, by: readonly string[], changes: Partial<MetricQuery> = {}) => ({
    metric,
    match,
    function: "",
    aggregation,
    by,
    ...changes,
  });
  const load = (minutes: string) => ({
    query: query(`system_cpu_load_${minutes}m`, "avg", []),
    name: `${minutes} min`,
  });
  return [
    {
      title: "CPU in use",
      lines: [{ query: query("system_cpu_usage_percent", "avg", perHost) }],
      format: formatPercent,
      max: 100,
    },
    {
      title: host === "" ? "Load, mean of hosts" : "Load",
      lines: [load("1"), load("5"), load("15")],
      format: significant,
    },
    {
      title: "Memory in use",
      lines: [{ query: query("system_memory_usage_percent", "avg", perHost) }],
      format: formatPercent,
      max: 100,
    },
    {
      title: host === "" ? "Memory by type, all hosts" : "Memory by type",
      lines: [
        {
          query: query("system_memory_usage_bytes", "sum", ["type"]),
          pick: {
            label: "type",
            names: { used: "used", cached: "cached", buffers: "buffers", available: "available" },
          },
        },
      ],
      format: formatBytes,
      binary: true,
    },
    {
      title: "Disks in use",
      lines: [{ query: query("system_disk_usage_percent", "max", [...perHost, "path"]) }],
      format: formatPercent,
      max: 100,
    },
    {
      title: host === "" ? "Disk space, all hosts" : "Disk space",
      lines: [
        {
          query: query("system_disk_usage_bytes", "sum", ["type"]),
          pick: { label: "type", names: { used: "used", free: "free" } },
        },
      ],
      format: formatBytes,
      binary: true,
      stacked: true,
    },
    {
      title: host === "" ? "Network, all hosts" : "Network",
      lines: [
        {
          query: query("system_network_bytes_total", "sum", ["direction"], { function: "rate" }),
          pick: { label: "direction", names: { rx: "received", tx: "sent" } },
        },
      ],
      format: (value) => `${formatBytes(value)}/s`,
      binary: true,
    },
    {
      title: "Processes",
      lines: [{ query: query("system_process_count", "sum", perHost) }],
      format: formatWhole,
    },
    {
      title: "Open file descriptors",
      lines: [{ query: query("system_file_descriptors_open", "sum", perHost) }],
      format: formatWhole,
    },
  ];
}

/** The lines of one answer. */
export function linesOf({ query, name, pick }: BoardLines, series: readonly Series[]): readonly ChartSeries[] {
  if (pick !== undefined) {
    return Object.entries(pick.names).flatMap(([value, label], index) => {
      const found = series.find(({ labels }) => labels[pick.label] === value);
      return found === undefined ? [] : [{ label, color: colorOfIndex(index), points: found.points }];
    });
  }
  const lines = seriesOf(series, query.metric);
  if (lines.length !== 1) return lines;
  // A single line is called by its labels where it has no name: the title says what it is.
  const label = name ?? (Object.values(series[0]?.labels ?? {}).join(" · ") || "all");
  return lines.map((line) => ({ ...line, label }));
}
