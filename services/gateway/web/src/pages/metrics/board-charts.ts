import type { MetricQuery } from "../../api/metrics.ts";
import { formatBytes, formatPercent, formatWhole, significant } from "../../format/number.ts";

/** One chart of the host board. */
export interface BoardChart {
  readonly title: string;
  /** What is drawn, in this order; a name is given where a query gives one line. */
  readonly lines: readonly { readonly query: MetricQuery; readonly name?: string }[];
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
      lines: ["used", "cached", "buffers", "available"].map((type) => ({
        query: query("system_memory_usage_bytes", "sum", [], { match: [...match, `type=${type}`] }),
        name: type,
      })),
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
      lines: ["used", "free"].map((type) => ({
        query: query("system_disk_usage_bytes", "sum", [], { match: [...match, `type=${type}`] }),
        name: type,
      })),
      format: formatBytes,
      binary: true,
      stacked: true,
    },
    {
      title: host === "" ? "Network, all hosts" : "Network",
      lines: [
        { direction: "rx", name: "received" },
        { direction: "tx", name: "sent" },
      ].map(({ direction, name }) => ({
        query: query("system_network_bytes_total", "sum", [], {
          function: "rate",
          match: [...match, `direction=${direction}`],
        }),
        name,
      })),
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
