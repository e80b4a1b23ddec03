import type { Board } from "../board.ts";
import { bars, graph, stat } from "../panels.ts";
import { promql, promqlNow } from "../query.ts";
import { warnFrom } from "../thresholds.ts";
import { labelVariable } from "../variable.ts";

const host = `instance=~"$instance"`;
const disk = `${host}, fstype!~"tmpfs|overlay|squashfs"`;
const device = `${host}, device!~"lo|veth.*|cni.*|docker.*"`;
const busy = `1 - avg by (instance) (rate(node_cpu_seconds_total{${host}, mode="idle"}[$__rate_interval]))`;
const memory = `1 - node_memory_MemAvailable_bytes{${host}} / node_memory_MemTotal_bytes{${host}}`;
const full = `1 - node_filesystem_avail_bytes{${disk}} / node_filesystem_size_bytes{${disk}}`;

/** The hosts, as Node Exporter tells of them. */
export const aegisInfrastructure: Board = {
  folder: "aegis",
  file: "infrastructure",
  uid: "aegis-infrastructure",
  title: "Infrastructure",
  description: "CPU, memory, disk and network of the hosts, by the metrics of Prometheus' node exporter.",
  tags: ["aegis", "infrastructure"],
  refresh: "1m",
  from: "now-6h",
  variables: [labelVariable("instance", "Host", "node_memory_MemTotal_bytes")],
  rows: [
    {
      title: "Now",
      panels: [
        bars({
          title: "CPU",
          description: "How busy each host is. HighCPUUsage fires above 80 %.",
          queries: [promqlNow(busy, "{{instance}}")],
          unit: "percentunit",
          min: 0,
          max: 1,
          thresholds: warnFrom(0.7, 0.8),
          height: 6,
        }),
        bars({
          title: "Memory",
          description: "How much of its memory each host uses. HighMemoryUsage fires above 85 %.",
          queries: [promqlNow(memory, "{{instance}}")],
          unit: "percentunit",
          min: 0,
          max: 1,
          thresholds: warnFrom(0.75, 0.85),
          height: 6,
        }),
        bars({
          title: "Disk",
          description: "How full each file system is.",
          queries: [promqlNow(full, "{{instance}} {{mountpoint}}")],
          unit: "percentunit",
          min: 0,
          max: 1,
          thresholds: warnFrom(0.8, 0.9),
          height: 6,
        }),
      ],
    },
    {
      title: "CPU and memory",
      panels: [
        graph({
          title: "CPU",
          description: "How busy each host is. The line is where HighCPUUsage fires.",
          queries: [promql(busy, "{{instance}}")],
          unit: "percentunit",
          min: 0,
          max: 1,
          thresholds: warnFrom(0.7, 0.8),
          showThresholds: true,
        }),
        graph({
          title: "What the CPUs do",
          description: "Seconds of CPU a second, by what they were spent on.",
          queries: [
            promql(`sum by (mode) (rate(node_cpu_seconds_total{${host}, mode!="idle"}[$__rate_interval]))`, "{{mode}}"),
          ],
          unit: "short",
          stacked: true,
        }),
        graph({
          title: "Memory",
          description: "How much of its memory each host uses. The line is where HighMemoryUsage fires.",
          queries: [promql(memory, "{{instance}}")],
          unit: "percentunit",
          min: 0,
          max: 1,
          thresholds: warnFrom(0.75, 0.85),
          showThresholds: true,
        }),
        graph({
          title: "Load",
          description: "How many processes run or wait, over a minute, for each CPU: above 1 they wait.",
          queries: [
            promql(
              `node_load1{${host}} / on (instance) count by (instance) (node_cpu_seconds_total{${host}, mode="idle"})`,
              "{{instance}}",
            ),
          ],
          unit: "short",
          thresholds: warnFrom(1, 2),
          showThresholds: true,
        }),
      ],
    },
    {
      title: "Disk and network",
      panels: [
        graph({
          title: "Disk full in",
          description:
            "How long until a file system is full, if it goes on as in the last six hours. Shown for those that fill up.",
          queries: [
            promql(
              `(node_filesystem_avail_bytes{${disk}} / (-deriv(node_filesystem_avail_bytes{${disk}}[6h]) > 0))`,
              "{{instance}} {{mountpoint}}",
            ),
          ],
          unit: "s",
        }),
        stat({
          title: "Free disk space",
          description: "What all file systems have left together.",
          queries: [promql(`sum(node_filesystem_avail_bytes{${disk}})`, "free")],
          unit: "bytes",
          width: 12,
          height: 8,
        }),
        graph({
          title: "Network, received",
          description: "Bits a second that each host received.",
          queries: [
            promql(
              `8 * sum by (instance) (rate(node_network_receive_bytes_total{${device}}[$__rate_interval]))`,
              "{{instance}}",
            ),
          ],
          unit: "bps",
        }),
        graph({
          title: "Network, sent",
          description: "Bits a second that each host sent.",
          queries: [
            promql(
              `8 * sum by (instance) (rate(node_network_transmit_bytes_total{${device}}[$__rate_interval]))`,
              "{{instance}}",
            ),
          ],
          unit: "bps",
        }),
      ],
    },
  ],
};
