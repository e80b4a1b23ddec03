import { msOfNanos } from "@sightline/model/time";
import type { MaintenanceWindow } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { type KeptRecords, RetentionState } from "@sightline/proto/sightline/retention/v1/retention_service";
import type { Clients } from "../clients.ts";
import { headOf } from "../reports/head.ts";
import { type Asking, createAsking, type GatherOptions, momentOf, momentOfMs } from "../sources/asking.ts";
import { countEvents, listedEventOf, readEvents } from "../sources/events.ts";
import { readSilences } from "../sources/silences.ts";
import { readChanges } from "./changes.ts";
import { type ComplianceReport, type Coverage, makeComplianceReport } from "./report.ts";

const most = { auditEvents: 100, schedules: 200, windows: 500 } as const;

/** Reads everything a compliance report tells. Without storage there is none; what alerter cannot say is missing. */
export async function gatherComplianceReport(options: GatherOptions): Promise<ComplianceReport> {
  const { clients } = options;
  const asking = createAsking(options);
  const [auditEvents, kept, silences, windows, coverage] = await Promise.all([
    readAuditEvents(options, asking),
    clients.retention.call("getRetention", {}, asking.call),
    asking.orMissing("silences", readSilences(clients, asking), []),
    asking.orMissing("maintenance windows", readWindows(clients, asking), []),
    asking.orMissing("on-call", readCoverage(options, asking), []),
  ]);
  return makeComplianceReport({
    head: headOf(options),
    rangeMs: asking.rangeMs,
    changes: await readChanges(clients, asking, silences, windows),
    auditEvents,
    retention: kept.kinds.map(retentionOf),
    silences,
    windows: windows.map(windowOf),
    coverage,
    missing: asking.missing,
  });
}

async function readAuditEvents(
  { clients, range }: GatherOptions,
  asking: Asking,
): Promise<ComplianceReport["audit_events"]> {
  const wanted = { categories: ["audit", "compliance"] };
  const [counts, newest] = await Promise.all([
    countEvents(clients.storage, range, wanted, asking),
    readEvents(clients.storage, range, wanted, asking, most.auditEvents),
  ]);
  return { ...counts, newest: newest.events.map(listedEventOf) };
}

const retentionState = {
  [RetentionState.APPLIED]: "applied",
  [RetentionState.PENDING]: "pending",
  [RetentionState.FAILED]: "failed",
  [RetentionState.UNSPECIFIED]: "unknown",
  [RetentionState.UNRECOGNIZED]: "unknown",
} as const;

function retentionOf(kept: KeptRecords): ComplianceReport["retention"][number] {
  return {
    kind: kept.kind,
    days: kept.days,
    applied_days: kept.appliedDays,
    state: retentionState[kept.state],
    reason: kept.reason,
    rows: Number(kept.rows),
    bytes_on_disk: Number(kept.bytesOnDisk),
    oldest: momentOf(kept.oldestUnixNano),
  };
}

async function readWindows({ maintenance }: Clients, asking: Asking): Promise<MaintenanceWindow[]> {
  const { windows } = await maintenance.call("listMaintenanceWindows", { onlyOpen: false }, asking.call);
  if (windows.length > most.windows) asking.cut("maintenance windows", most.windows);
  return windows.slice(0, most.windows);
}

function windowOf(window: MaintenanceWindow): ComplianceReport["maintenance_windows"][number] {
  const changedMs = Number(window.updatedAtUnixMs) || Number(window.createdAtUnixMs);
  return {
    name: window.name,
    matchers: window.matchers.join(", "),
    author: window.updatedBy || window.createdBy,
    reason: window.reason,
    changed_at: changedMs === 0 ? null : momentOfMs(changedMs),
    open: window.open,
  };
}

async function readCoverage({ clients, range }: GatherOptions, asking: Asking): Promise<Coverage[]> {
  const { schedules } = await clients.oncall.call("listSchedules", {}, asking.call);
  if (schedules.length > most.schedules) asking.cut("schedules", most.schedules);
  const found: Coverage[] = [];
  for (const { schedule } of schedules.slice(0, most.schedules)) {
    if (schedule === undefined) continue;
    const request = { schedule: schedule.name, ...range };
    const { shifts } = await clients.oncall.call("listShifts", request, asking.call);
    const gaps = (shifts?.gaps ?? []).map(({ startUnixNano, endUnixNano }) => ({
      startMs: msOfNanos(startUnixNano),
      endMs: msOfNanos(endUnixNano),
    }));
    found.push({ schedule: schedule.name, gaps });
  }
  return found;
}
