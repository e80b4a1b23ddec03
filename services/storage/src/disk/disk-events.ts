import type { EventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Eviction } from "./disks.ts";
import type { DiskLevel } from "./level.ts";
import type { Disk } from "./watch-disk.ts";

const SEVERITIES = { ok: "info", high: "warning", full: "critical" } as const;
const TITLES: Readonly<Record<DiskLevel, string>> = {
  ok: "has room again",
  high: "is nearly full",
  full: "is full: records wait on the bus",
};

/** The event for a disk that got to another level. */
export function diskEvent(events: EventBuilder, { name, freeBytes, totalBytes }: Disk, level: DiskLevel): SystemEvent {
  const diskPercent = (1 - freeBytes / totalBytes) * 100;
  return events.build({
    eventType: EVENT_TYPES.resourceThreshold,
    severity: SEVERITIES[level],
    source: "storage",
    target: `clickhouse disk ${name}`,
    category: "operations",
    title: `the database's disk ${name} ${TITLES[level]}`,
    details: { level, freeBytes, totalBytes, usedPercent: Number(diskPercent.toFixed(1)) },
  });
}

/** The event for a day that was deleted to make room. */
export function evictionEvent(events: EventBuilder, { table, partition, rows, bytes }: Eviction): SystemEvent {
  return events.build({
    eventType: EVENT_TYPES.resourceThreshold,
    severity: "error",
    source: "storage",
    target: table,
    category: "operations",
    title: `${table} lost the records of ${partition}: the disk is nearly full`,
    details: { table, day: partition, rows, bytes },
  });
}
