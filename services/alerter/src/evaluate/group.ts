import { severityFromProto } from "@sightline/events/severity";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Labels } from "../alerts/labels.ts";

type Field = (event: SystemEvent) => string | undefined;

/** The fields of an event that can make separate alerts; any other name is that of a label. */
const fields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ["event_type", (event) => event.eventType],
  ["severity", (event) => severityFromProto(event.severity)],
  ["source", (event) => event.source],
  ["target", (event) => event.target],
  ["category", (event) => event.category],
  ["correlation_id", (event) => event.metadata?.correlationId],
  ["user_id", (event) => event.metadata?.userId],
  ["source_ip", (event) => event.metadata?.sourceIp],
]);

/** The labels that tell which of a rule's alerts an event belongs to. What the event lacks is left out. */
export function groupLabels(event: SystemEvent, groupBy: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  for (const name of groupBy) {
    const value = fields.has(name) ? fields.get(name)?.(event) : event.metadata?.labels[name];
    if (value !== undefined && value !== "") labels[name] = value;
  }
  return labels;
}
