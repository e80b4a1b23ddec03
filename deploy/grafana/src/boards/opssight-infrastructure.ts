import type { Board } from "../board.ts";
import { bars, graph, states, table } from "../panels.ts";
import { promql, promqlNow, promqlTable } from "../query.ts";
import { NONE_IS_GOOD, warnFrom, worseFrom } from "../thresholds.ts";
import { optionalLabelVariable } from "../variable.ts";

const host = `instance=~"$instance"`;
const inNamespace = `namespace=~"$namespace"`;

/** Hosts, containers and Kubernetes. */
export const opssightInfrastructure: Board = {
  folder: "opssight",
  file: "infrastructure-monitoring",
  uid: "opssight-infrastructure",
  title: "Infrastructure Monitoring",
  description:
    "Hosts by the metrics of Sightline's collector, containers by those of cAdvisor, Kubernetes by those of kube-state-metrics.",
  tags: ["opssight", "infrastructure"],
  refresh: "1m",
  from: "now-6h",
  variables: [
    optionalLabelVariable("instance", "Host", "system_cpu_usage_percent"),
    optionalLabelVariable("namespace", "Namespace", "kube_pod_status_phase"),
  ],
  rows: [
    {
      title: "Hosts",
      panels: [
        graph({
          title: "CPU",
          description: "How busy each host is.",
          queries: [promql(`system_cpu_usage_percent{${host}}`, "{{instance}}")],
          unit: "percent",
          min: 0,
          max: 100,
          thresholds: warnFrom(70, 85),
          showThresholds: true,
          width: 8,
        }),
        graph({
          title: "Load",
          description: "Processes that run or wait, over one, five and fifteen minutes.",
          queries: ["1m", "5m", "15m"].map((over) => promql(`avg(system_cpu_load_${over}{${host}})`, `over ${over}`)),
          unit: "short",
          width: 8,
        }),
        graph({
          title: "Memory",
          description: "How much of its memory each host uses. Warning above 80 %, critical above 90 %.",
          queries: [promql(`system_memory_usage_percent{${host}}`, "{{instance}}")],
          unit: "percent",
          min: 0,
          max: 100,
          thresholds: warnFrom(80, 90),
          showThresholds: true,
          width: 8,
        }),
        graph({
          title: "What memory is used for",
          description: "Bytes of memory by their use.",
          queries: [promql(`sum by (type) (system_memory_usage_bytes{${host}, type!="available"})`, "{{type}}")],
          unit: "bytes",
          stacked: true,
          width: 8,
        }),
        bars({
          title: "Disks",
          description: "How full each disk is. Critical above 90 %.",
          queries: [promqlNow(`system_disk_usage_percent{${host}}`, "{{instance}} {{path}}")],
          unit: "percent",
          min: 0,
          max: 100,
          thresholds: worseFrom(75, 85, 90),
        }),
        graph({
          title: "Network",
          description: "Bits a second, received and sent.",
          queries: [
            promql(
              `8 * sum by (direction) (rate(system_network_bytes_total{${host}}[$__rate_interval]))`,
              "{{direction}}",
            ),
          ],
          unit: "bps",
          width: 8,
        }),
        graph({
          title: "Processes and open files",
          description: "Processes that run, and files that are open.",
          queries: [
            promql(`sum(system_process_count{${host}})`, "processes"),
            promql(`sum(system_file_descriptors_open{${host}})`, "open files"),
          ],
          unit: "short",
          width: 12,
        }),
        graph({
          title: "Disk space",
          description: "Bytes that are used and free.",
          queries: [
            promql(`sum by (path, type) (system_disk_usage_bytes{${host}, type!="total"})`, "{{path}} {{type}}"),
          ],
          unit: "bytes",
          stacked: true,
        }),
      ],
    },
    {
      title: "Containers",
      panels: [
        graph({
          title: "CPU",
          description: "CPUs that containers use; the ten that use most.",
          queries: [
            promql(
              `topk(10, sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{${inNamespace}, container!=""}[$__rate_interval])))`,
              "{{namespace}}/{{pod}}",
            ),
          ],
          unit: "short",
        }),
        graph({
          title: "Memory",
          description: "Memory that containers work with; the ten that use most.",
          queries: [
            promql(
              `topk(10, sum by (namespace, pod) (container_memory_working_set_bytes{${inNamespace}, container!=""}))`,
              "{{namespace}}/{{pod}}",
            ),
          ],
          unit: "bytes",
        }),
      ],
    },
    {
      title: "Kubernetes",
      panels: [
        bars({
          title: "Pods by phase",
          description: "Running and Succeeded are well; Pending for long, Failed and Unknown are not.",
          queries: [promqlNow(`sum by (phase) (kube_pod_status_phase{${inNamespace}})`, "{{phase}}")],
          unit: "short",
          decimals: 0,
        }),
        states({
          title: "Replicas missing",
          description: "Replicas of deployments that are wanted and not available.",
          queries: [
            promql(
              `kube_deployment_spec_replicas{${inNamespace}} - kube_deployment_status_replicas_available{${inNamespace}}`,
              "{{namespace}}/{{deployment}}",
            ),
          ],
          thresholds: NONE_IS_GOOD,
          width: 8,
          height: 8,
        }),
        table({
          title: "Restarts",
          description: "Containers that started again in the range, most often first.",
          queries: [
            promqlTable(
              `sort_desc(sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total{${inNamespace}}[$__range])) > 0)`,
            ),
          ],
          columns: { namespace: "Namespace", pod: "Pod", container: "Container", Value: "Restarts" },
          without: ["Time"],
          width: 8,
        }),
      ],
    },
  ],
};
