import { AppError } from "@sightline/errors/app-error";
import { parseCondition } from "@sightline/query/condition/condition";
import { formatDuration, parseDuration } from "@sightline/query/promql/durations";
import type { MapReader } from "../yaml/map-reader.ts";
import type { EventsSource } from "./source.ts";

/** Bounds of what is remembered for each group of events. */
export const EVENT_LIMITS = { thresholdCount: 1_000, windowMs: 86_400_000 } as const;

const defaults = { thresholdCount: 1, windowMs: 300_000 };

/** Reads `events: { condition, resolve_when, threshold_count, threshold_time_window, group_by }`. */
export function readEvents(reader: MapReader): EventsSource {
  const condition = conditionOf(reader, "condition");
  if (condition === undefined) reader.refuse("condition", "events: got no condition, want one");
  return {
    kind: "events",
    condition: condition ?? "",
    resolveWhen: conditionOf(reader, "resolve_when"),
    ...readThreshold(reader),
    groupBy: reader.texts("group_by") ?? [],
  };
}

function conditionOf(reader: MapReader, key: string): string | undefined {
  const text = reader.text(key);
  if (text === undefined) return undefined;
  try {
    parseCondition(text);
  } catch (thrown) {
    reader.refuse(key, AppError.from(thrown).message);
  }
  return text;
}

/** Reads how many events within how long; a time without a unit is in seconds. */
export function readThreshold(reader: MapReader): Pick<EventsSource, "thresholdCount" | "windowMs"> {
  const thresholdCount = reader.count("threshold_count") ?? defaults.thresholdCount;
  if (thresholdCount < 1 || thresholdCount > EVENT_LIMITS.thresholdCount) {
    reader.refuse(
      "threshold_count",
      `threshold_count: got ${thresholdCount}, want 1 to ${EVENT_LIMITS.thresholdCount}`,
    );
  }
  const windowMs = windowOf(reader) ?? defaults.windowMs;
  if (windowMs <= 0 || windowMs > EVENT_LIMITS.windowMs) {
    reader.refuse("threshold_time_window", `threshold_time_window: got ${formatDuration(windowMs)}, want up to 1d`);
  }
  return { thresholdCount, windowMs };
}

function windowOf(reader: MapReader): number | undefined {
  const text = reader.text("threshold_time_window");
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === null)
    reader.refuse(
      "threshold_time_window",
      `threshold_time_window: got ${text}, want a duration such as 5m, or seconds`,
    );
  return ms ?? undefined;
}

/** As `readEvents` reads it. */
export function formatEvents({ condition, resolveWhen, thresholdCount, windowMs, groupBy }: EventsSource): object {
  return {
    condition,
    ...(resolveWhen !== undefined && { resolve_when: resolveWhen }),
    threshold_count: thresholdCount,
    threshold_time_window: formatDuration(windowMs),
    ...(groupBy.length > 0 && { group_by: groupBy }),
  };
}
