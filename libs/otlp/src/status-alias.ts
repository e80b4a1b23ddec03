import { appendIndex, internText } from "@sightline/columns/low-cardinality-column";
import type { MapColumn } from "@sightline/columns/map-column";
import { appendAnyValue } from "./any-value-text.ts";
import { newKeyValue, readKeyValue } from "./key-value.ts";
import type { MetricWalk } from "./metric-walk.ts";
import { clearRange, newRange, type Range, rangeEquals } from "./range.ts";
import { next, type Wire } from "./wire.ts";

const METRIC = Buffer.from("http_requests_total");
const STATUS = Buffer.from("status");
const STATUS_CODE = Buffer.from("status_code");

/**
 * Whether a metric is the one whose label some programs name `status` and others `status_code`, while dashboards and
 * rules of both are about. No other metric is touched: what was sent comes back as it was.
 */
export function needsStatusAlias(wire: Wire, name: Range): boolean {
  return rangeEquals(name, wire, METRIC);
}

/** Hold nothing between two calls. */
const pair = newKeyValue();
const status = newRange();
const statusCode = newRange();

/**
 * Appends `status` or `status_code` to the row of a series whose point has only the other one, with the same value. The
 * fingerprint is of what was sent, so that this happens once for a series and costs its samples nothing.
 */
export function appendStatusAlias(attributes: MapColumn, wire: Wire, point: MetricWalk["point"]): void {
  const { message, attributesTag } = point;
  clearRange(status);
  clearRange(statusCode);
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag !== attributesTag) continue;
    const after = wire.pos;
    readKeyValue(pair, wire, wire.start, after);
    if (rangeEquals(pair.key, wire, STATUS)) takeRange(status, pair.value);
    else if (rangeEquals(pair.key, wire, STATUS_CODE)) takeRange(statusCode, pair.value);
    wire.pos = after;
  }
  if (status.end > 0 && statusCode.end === 0) append(attributes, wire, "status_code", status);
  else if (statusCode.end > 0 && status.end === 0) append(attributes, wire, "status", statusCode);
}

function takeRange(range: Range, from: Range): void {
  range.start = from.start;
  range.end = from.end;
}

function append({ keys, values }: MapColumn, wire: Wire, key: string, value: Range): void {
  appendIndex(keys, internText(keys, key));
  appendAnyValue(values, wire, value.start, value.end);
}
