import { formatDuration } from "@sightline/query/promql/durations";
import type { Vector, VectorElement } from "../evaluate/queries.ts";
import { type Labels, labelsKey } from "../labels.ts";
import type { MapReader } from "../yaml/map-reader.ts";
import { formatExpression, readExpression } from "./expression.ts";
import type { ChangeSource } from "./source.ts";

/** Reads `change: { expr, offset: 1h, below_percent: -50 }`. */
export function readChange(reader: MapReader): ChangeSource | undefined {
  const expression = readExpression(reader);
  const offsetMs = reader.durationMs("offset");
  if (offsetMs === undefined || offsetMs === 0)
    reader.refuse("offset", "change: got no offset, want how long before, such as 1h");
  const above = reader.number("above_percent");
  const below = reader.number("below_percent");
  if (above === undefined && below === undefined) {
    reader.refuse("above_percent", "change: got no threshold, want above_percent, below_percent or both");
  }
  return expression && { kind: "change", expression, offsetMs: offsetMs ?? 0, above, below };
}

/** As `readChange` reads it. */
export function formatChange({ expression, offsetMs, above, below }: ChangeSource): object {
  return {
    ...formatExpression(expression),
    offset: formatDuration(offsetMs),
    ...(above !== undefined && { above_percent: above }),
    ...(below !== undefined && { below_percent: below }),
  };
}

/** The series that changed by more than they may, each with the change in percent. Of what was not there before nothing can be said. */
export function changesOf(source: ChangeSource, now: Vector, before: Vector): Vector {
  const earlier = new Map<string, number>();
  for (const { labels, value } of before) if (typeof value === "number") earlier.set(nameless(labels).key, value);
  return now.flatMap(({ labels, value }): readonly VectorElement[] => {
    const own = nameless(labels);
    const was = earlier.get(own.key);
    if (typeof value !== "number" || was === undefined) return [];
    const percent = value === was ? 0 : (100 * (value - was)) / Math.abs(was);
    const isBeyond =
      (source.above !== undefined && percent > source.above) || (source.below !== undefined && percent < source.below);
    return isBeyond ? [{ labels: own.labels, value: percent }] : [];
  });
}

function nameless({ __name__, ...labels }: Labels): { labels: Labels; key: string } {
  return { labels, key: labelsKey(labels) };
}
