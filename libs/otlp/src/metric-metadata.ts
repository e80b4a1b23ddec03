import { appendIndex, appendInterned, internText } from "@sightline/columns/low-cardinality-column";
import { appendWords } from "@sightline/columns/plain-column";
import { findValue, STRING_VALUE } from "./any-value.ts";
import { newKeyValue, readKeyValue } from "./key-value.ts";
import type { MetricWalk } from "./metric-walk.ts";
import { appendRange, type Range, rangeEquals } from "./range.ts";
import { newMillis, setMillis } from "./times.ts";
import { LENGTH, next, tagOf, type Wire } from "./wire.ts";

/** By this key a metric's metadata has its Prometheus type (OpenTelemetry, "Prometheus and OpenMetrics Compatibility"). */
const PROMETHEUS_TYPE = Buffer.from("prometheus.type");

/** Hold nothing between two calls. */
const pair = newKeyValue();
const received = newMillis();

/** Of Metric. */
const METADATA = tagOf(12, LENGTH);

/**
 * Appends a row of `metrics_metadata` for the metric at hand, which is the message in that range, when its metadata has a
 * Prometheus type. A metric without points is how remote write says what it knows of one.
 */
export function appendMetricMetadata(walk: MetricWalk, wire: Wire, { start, end }: Range): void {
  const { columns } = walk.tables.metrics_metadata;
  const { name, unit, description } = walk.metric;
  if (!findType(wire, start, end)) return;
  appendInterned(columns.Type, wire.view, wire.start, wire.pos);
  appendIndex(columns.Tenant, internText(columns.Tenant, walk.tenant));
  appendInterned(columns.MetricName, wire.view, name.start, name.end);
  appendInterned(columns.Unit, wire.view, unit.start, unit.end);
  appendRange(columns.Description, wire, description);
  setMillis(received, walk.received.low, walk.received.high);
  appendWords(columns.LastSeen, received.low, received.high);
  walk.tables.metrics_metadata.rows++;
}

/** Whether there is a type; the wire then stands on it. */
function findType(wire: Wire, start: number, end: number): boolean {
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== METADATA) continue;
    const after = wire.pos;
    readKeyValue(pair, wire, wire.start, after);
    const { key, value } = pair;
    if (rangeEquals(key, wire, PROMETHEUS_TYPE) && findValue(wire, value.start, value.end) === STRING_VALUE)
      return true;
    wire.pos = after;
  }
  return false;
}
