/** What a value can be, as far as it is known before an event is seen. */
export type Kind =
  | "text"
  | "number"
  | "truth"
  | "none"
  | "severity"
  /** Known only when the event is seen: whatever its details hold. */
  | "any"
  | { readonly items: readonly Kind[] }
  | { readonly mapOf: Kind }
  | { readonly record: Readonly<Record<string, Kind>> };

/** The names a condition on events may use, as the native event spells them. */
export const EVENT_FIELDS = {
  event_id: "text",
  event_type: "text",
  severity: "severity",
  source: "text",
  target: "text",
  category: "text",
  title: "text",
  description: "text",
  health_score: "number",
  details: { mapOf: "any" },
  labels: { mapOf: "text" },
  metadata: {
    record: {
      correlation_id: "text",
      trace_id: "text",
      span_id: "text",
      user_id: "text",
      source_ip: "text",
      labels: { mapOf: "text" },
    },
  },
  resource_usage: {
    record: {
      cpu_percent: "number",
      memory_percent: "number",
      disk_percent: "number",
      network_rx_bytes_per_second: "number",
      network_tx_bytes_per_second: "number",
    },
  },
} as const satisfies Record<string, Kind>;

/** The values of an event under these names. */
export type EventView = Readonly<Record<keyof typeof EVENT_FIELDS, unknown>>;
