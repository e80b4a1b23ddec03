import { severityOfRank } from "@sightline/model/severity";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { EventView } from "./fields.ts";

/** An event as conditions see it: texts that are empty count as absent. `details` are the event's, already parsed. */
export function eventView(event: SystemEvent, details: Readonly<Record<string, unknown>>): EventView {
  const { metadata, resourceUsage } = event;
  const labels = metadata?.labels ?? {};
  return {
    event_id: event.eventId,
    event_type: event.eventType,
    severity: severityOfRank(event.severity),
    source: event.source,
    target: orNone(event.target),
    category: orNone(event.category),
    title: event.title,
    description: orNone(event.description),
    health_score: event.healthScore,
    details,
    labels,
    metadata: metadata && {
      correlation_id: orNone(metadata.correlationId),
      trace_id: orNone(metadata.traceId),
      span_id: orNone(metadata.spanId),
      user_id: orNone(metadata.userId),
      source_ip: orNone(metadata.sourceIp),
      labels,
    },
    resource_usage: resourceUsage && {
      cpu_percent: resourceUsage.cpuPercent,
      memory_percent: resourceUsage.memoryPercent,
      disk_percent: resourceUsage.diskPercent,
      network_rx_bytes_per_second: resourceUsage.networkRxBytesPerSecond,
      network_tx_bytes_per_second: resourceUsage.networkTxBytesPerSecond,
    },
  };
}

function orNone(text: string): string | null {
  return text === "" ? null : text;
}
