/** The host metrics that the collector sends, with what they tell (names of the OpsSight monitoring API). */
export const HOST_METRICS = {
  system_cpu_usage_percent: "CPU in use, percent",
  system_cpu_load_1m: "Load average over 1 minute",
  system_cpu_load_5m: "Load average over 5 minutes",
  system_cpu_load_15m: "Load average over 15 minutes",
  system_memory_usage_bytes: "Memory by type, bytes",
  system_memory_usage_percent: "Memory in use, percent",
  system_disk_usage_bytes: "Disk by path and type, bytes",
  system_disk_usage_percent: "Disk in use by path, percent",
  system_network_bytes_total: "Bytes over the network by interface and direction",
  system_process_count: "Processes",
  system_file_descriptors_open: "Open file descriptors",
} as const;

export const HOST_METRIC_NAMES = Object.keys(HOST_METRICS);
