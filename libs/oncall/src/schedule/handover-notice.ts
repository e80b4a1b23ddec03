import { type Severity, severityRank } from "@sightline/model/severity";
import type { Handover } from "./handovers.ts";

/** Something that whoever comes takes over: an alert that is not resolved. */
export interface OpenMatter {
  readonly title: string;
  readonly severity: Severity;
  readonly sinceMs: number;
  /** Undefined: nobody has. */
  readonly acknowledgedBy: string | undefined;
}

export interface HandoverFacts {
  readonly scheduleName: string;
  readonly timeZone: string;
  readonly handover: Handover;
  /** When the shift that begins ends; undefined: not soon. */
  readonly untilMs: number | undefined;
  readonly open: readonly OpenMatter[];
}

/** What the people of a hand-over are told. */
export interface HandoverNotice {
  /** Users, whoever leaves and whoever comes. */
  readonly to: readonly string[];
  readonly title: string;
  /** Lines of plain text. */
  readonly text: string;
}

/** More are counted, not named. */
const MAX_NAMED = 20;

/** Tells who goes, who comes and what is open, the most severe and then the oldest first. Times are the schedule's. */
export function handoverNotice({ scheduleName, timeZone, handover, untilMs, open }: HandoverFacts): HandoverNotice {
  const { leaving, coming, atMs } = handover;
  const time = timeWriter(timeZone);
  const until = untilMs === undefined ? "" : ` until ${time(untilMs)}`;
  const lines = [
    coming === undefined
      ? `Nobody is on call from ${time(atMs)}${until}.`
      : `${coming} is on call from ${time(atMs)}${until}.`,
    leaving === undefined ? "Nobody was on call before." : `${leaving} goes off call.`,
    ...openLines(open, time),
  ];
  return {
    to: [leaving, coming].filter((user) => user !== undefined),
    title: `${scheduleName}: ${leaving ?? "nobody"} hands over to ${coming ?? "nobody"}`,
    text: lines.join("\n"),
  };
}

function openLines(open: readonly OpenMatter[], time: (ms: number) => string): string[] {
  if (open.length === 0) return ["Nothing is open."];
  const ordered = [...open].sort(
    (a, b) => severityRank(b.severity) - severityRank(a.severity) || a.sinceMs - b.sinceMs,
  );
  const named = ordered.slice(0, MAX_NAMED).map(({ title, severity, sinceMs, acknowledgedBy }) => {
    const taken = acknowledgedBy === undefined ? "not acknowledged" : `acknowledged by ${acknowledgedBy}`;
    return `- ${severity}: ${title}, since ${time(sinceMs)}, ${taken}`;
  });
  const more = open.length - named.length;
  return [`${open.length} open:`, ...named, ...(more > 0 ? [`and ${more} more`] : [])];
}

/** "Mon 2026-11-02 09:00 GMT+1" */
function timeWriter(timeZone: string): (ms: number) => string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
  return (ms) => {
    const of = new Map(parts.formatToParts(ms).map(({ type, value }) => [type, value]));
    const date = `${of.get("year")}-${of.get("month")}-${of.get("day")}`;
    return `${of.get("weekday")} ${date} ${of.get("hour")}:${of.get("minute")} ${of.get("timeZoneName")}`;
  };
}
