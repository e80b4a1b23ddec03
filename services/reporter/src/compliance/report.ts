import { z } from "zod";
import { counted, eventCounts, type Head, listedEvent, listedSilence, moment, reportHead } from "../reports/head.ts";
import { type Asking, momentOfMs } from "../sources/asking.ts";
import { listedSilenceOf, type SilenceInForce } from "../sources/silences.ts";

/** The compliance report as a document. */
export const complianceReport = reportHead.extend({
  kind: z.literal("compliance"),
  /** Who changed what, newest first. */
  changes: z.object({
    total: z.number(),
    list: z.array(
      z.object({ time: moment, author: z.string(), what: z.string(), name: z.string(), version: z.string() }),
    ),
  }),
  /** Events of the categories audit and compliance. */
  audit_events: eventCounts.extend({ newest: z.array(listedEvent) }),
  /** When the report was made. */
  retention: z.array(
    z.object({
      kind: z.string(),
      days: z.number(),
      /** What the tables say, read back; 0: forever. */
      applied_days: z.number(),
      state: z.enum(["applied", "pending", "failed", "unknown"]),
      reason: z.string(),
      rows: z.number(),
      bytes_on_disk: z.number(),
      oldest: moment.nullable(),
    }),
  ),
  silences: z.array(listedSilence),
  /** As they were when the report was made. */
  maintenance_windows: z.array(
    z.object({
      name: z.string(),
      matchers: z.string(),
      author: z.string(),
      reason: z.string(),
      changed_at: moment.nullable(),
      open: z.boolean(),
    }),
  ),
  on_call: z.array(
    z.object({
      schedule: z.string(),
      /** Of the range, percent; beyond the time of making by the schedule as it is. */
      covered_percent: z.number(),
      uncovered_seconds: z.number(),
      gaps: z.array(z.object({ start: moment, end: moment })),
    }),
  ),
  /** What nothing that Sightline keeps can tell. */
  not_known: z.array(z.string()),
});

export type ComplianceReport = z.infer<typeof complianceReport>;

/** A change that somebody made, in milliseconds since the Unix epoch. */
export interface Change {
  readonly timeMs: number;
  readonly author: string;
  readonly what: string;
  readonly name: string;
  readonly version: string;
}

/** When nobody was on call in a schedule, in milliseconds since the Unix epoch. */
export interface Coverage {
  readonly schedule: string;
  readonly gaps: readonly { readonly startMs: number; readonly endMs: number }[];
}

export interface ComplianceFacts {
  readonly head: Head;
  readonly rangeMs: Asking["rangeMs"];
  /** Of any time. */
  readonly changes: readonly Change[];
  readonly auditEvents: ComplianceReport["audit_events"];
  readonly retention: ComplianceReport["retention"];
  readonly silences: readonly SilenceInForce[];
  readonly windows: ComplianceReport["maintenance_windows"];
  readonly coverage: readonly Coverage[];
  readonly missing: readonly string[];
}

const most = { changes: 500, silences: 500, gaps: 50 } as const;

const notKnown = [
  "backups: they are made from outside and leave no record here",
  "schedules, escalation policies and alertmanager.yml: of each the newest change only; older ones, and what was deleted, are not listed",
  "rule files and maintenance windows: not those that were deleted",
  "rules made one by one, channels, users and API keys: their changes are not kept",
  "silences: of each the newest change only, and not who made it; none whose end lies further back than alerter keeps them (dispatch.keepSilencesDays)",
];

export function makeComplianceReport(facts: ComplianceFacts): ComplianceReport {
  const { start, end } = facts.rangeMs;
  const changes = facts.changes
    .filter(({ timeMs }) => timeMs >= start && timeMs < end)
    .toSorted((a, b) => b.timeMs - a.timeMs);
  const notApplied = facts.retention.filter(({ state }) => state !== "applied").length;
  const coverage = facts.coverage.map((one) => coverageOf(one, facts.rangeMs));
  return {
    ...facts.head,
    kind: "compliance",
    title: "Compliance",
    headline: [
      counted(changes.length, "change"),
      counted(facts.auditEvents.total, "audit event"),
      `retention ${notApplied === 0 ? "applied" : `not applied to ${counted(notApplied, "kind")}`}`,
      `${counted(coverage.filter(({ uncovered_seconds }) => uncovered_seconds > 0).length, "schedule")} with gaps`,
    ].join(", "),
    changes: {
      total: changes.length,
      list: changes.slice(0, most.changes).map(({ timeMs, ...change }) => ({ time: momentOfMs(timeMs), ...change })),
    },
    audit_events: facts.auditEvents,
    retention: [...facts.retention],
    silences: facts.silences.slice(0, most.silences).map(listedSilenceOf),
    maintenance_windows: [...facts.windows],
    on_call: coverage,
    not_known: notKnown,
    missing: facts.missing.toSorted(),
  };
}

function coverageOf(
  { schedule, gaps }: Coverage,
  { start, end }: Asking["rangeMs"],
): ComplianceReport["on_call"][number] {
  const within = gaps
    .map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, start), endMs: Math.min(endMs, end) }))
    .filter(({ startMs, endMs }) => startMs < endMs);
  const uncoveredMs = within.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return {
    schedule,
    // Rounded down: what has a gap is never said to be covered wholly.
    covered_percent: Math.floor((1 - uncoveredMs / (end - start)) * 1000) / 10,
    uncovered_seconds: Math.ceil(uncoveredMs / 1000),
    gaps: within
      .slice(0, most.gaps)
      .map(({ startMs, endMs }) => ({ start: momentOfMs(startMs), end: momentOfMs(endMs) })),
  };
}
