import type { EventView } from "@sightline/query/condition/fields";
import type { Labels } from "../alerts/labels.ts";

/** The fields of an event that can make separate alerts; any other name is that of a label. */
const FIELDS: ReadonlySet<string> = new Set(["event_type", "severity", "source", "target", "category"]);
/** Those that are in its metadata. */
const IN_METADATA: ReadonlySet<string> = new Set(["correlation_id", "user_id", "source_ip"]);

/** The labels that tell which of a rule's alerts an event belongs to. What the event lacks is left out. */
export function groupLabels(event: EventView, groupBy: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  for (const name of groupBy) {
    const value = textIn(FIELDS.has(name) ? event : IN_METADATA.has(name) ? event.metadata : event.labels, name);
    if (value !== "") labels[name] = value;
  }
  return labels;
}

function textIn(holder: unknown, name: string): string {
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, name)) return "";
  const value: unknown = Reflect.get(holder, name);
  return typeof value === "string" ? value : "";
}
