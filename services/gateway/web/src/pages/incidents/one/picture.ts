import type { IncidentAlert, IncidentDetail, IncidentEntry } from "../../../api/incidents.ts";
import { msOf } from "../../../time/format-time.ts";
import { type Folded, fold } from "../../alerts/one/fold.ts";

/** A time in which an alert fires. */
export interface Spell {
  readonly startMs: number;
  readonly endMs: number;
  /** It is not over. */
  readonly lasts: boolean;
}

export interface AlertBar {
  readonly alert: IncidentAlert;
  readonly spells: readonly Spell[];
}

/** Things that happened at about the same moment. */
export interface Mark {
  readonly atMs: number;
  readonly entries: readonly IncidentEntry[];
}

export interface Lane {
  readonly name: LaneName;
  readonly marks: readonly Mark[];
}

/** An incident as it is drawn: everything on one axis. */
export interface IncidentPicture {
  readonly startMs: number;
  readonly endMs: number;
  readonly bars: readonly AlertBar[];
  /** Those that have something in them. */
  readonly lanes: readonly Lane[];
}

const LANES = {
  Deployed: ["deployed"],
  Told: ["notified", "escalated"],
  People: ["acknowledged", "action", "note", "changed", "merged", "split"],
} as const;
export type LaneName = keyof typeof LANES;
const LANE_NAMES = ["Deployed", "Told", "People"] as const satisfies readonly LaneName[];

/** Marks that are nearer than this part of the picture become one. */
const NEAR = 1 / 60;
/** Room before the first and after the last, as a part of the picture. */
const MARGIN = 0.02;
const SHORTEST_MS = 10_000;

/** Draws an incident; what is not over lasts until now. */
export function pictureOf({ incident, alerts, entries }: IncidentDetail, nowMs: number): IncidentPicture {
  const untilMs = incident.resolved === null ? nowMs : msOf(incident.resolved);
  const of = Map.groupBy(entries, ({ fingerprint }) => fingerprint);
  const bars = alerts.map((alert) => ({ alert, spells: spellsOf(alert, of.get(alert.fingerprint) ?? [], untilMs) }));
  const moments = [
    ...entries.map(({ time }) => msOf(time)),
    ...bars.flatMap(({ spells }) => spells.flatMap(({ startMs, endMs }) => [startMs, endMs])),
    msOf(incident.opened),
    untilMs,
  ];
  const firstMs = moments.reduce((a, b) => Math.min(a, b));
  const lastMs = Math.max(
    firstMs + SHORTEST_MS,
    moments.reduce((a, b) => Math.max(a, b)),
  );
  const marginMs = (lastMs - firstMs) * MARGIN;
  const nearMs = (lastMs - firstMs) * NEAR;
  const lanes = LANE_NAMES.map((name) => ({ name, marks: marksOf(entries, LANES[name], nearMs) }));
  return {
    startMs: firstMs - marginMs,
    endMs: lastMs + marginMs,
    bars,
    lanes: lanes.filter(({ marks }) => marks.length > 0),
  };
}

/** From each time that it began until it ended: what the alert itself says is only about the last. */
function spellsOf(alert: IncidentAlert, entries: readonly IncidentEntry[], untilMs: number): Spell[] {
  const spells: Spell[] = [];
  const isAgain = entries.some(({ kind }) => kind === "fires_again");
  let openMs: number | undefined = msOf(isAgain ? alert.joined : alert.starts);
  for (const { kind, time } of entries) {
    if (kind === "fires_again") openMs ??= msOf(time);
    if (kind !== "ended" || openMs === undefined) continue;
    spells.push({ startMs: openMs, endMs: Math.max(openMs, msOf(time)), lasts: false });
    openMs = undefined;
  }
  const lasts = alert.ended === null;
  const lastMs = openMs ?? (lasts ? msOf(alert.starts) : undefined);
  if (lastMs === undefined) return spells;
  return [
    ...spells,
    { startMs: lastMs, endMs: Math.max(lastMs, alert.ended === null ? untilMs : msOf(alert.ended)), lasts },
  ];
}

function marksOf(entries: readonly IncidentEntry[], kinds: readonly string[], nearMs: number): Mark[] {
  const marks: { atMs: number; entries: IncidentEntry[] }[] = [];
  for (const entry of entries) {
    if (!kinds.includes(entry.kind)) continue;
    const atMs = msOf(entry.time);
    const last = marks.at(-1);
    if (last !== undefined && atMs - last.atMs < nearMs) last.entries.push(entry);
    else marks.push({ atMs, entries: [entry] });
  }
  return marks;
}

const BY_PEOPLE = new Set(["acknowledged", "action", "note", "changed", "merged", "split", "resolved"]);

/** What happened, as a sentence. */
export function wordsOf({ kind, actor, text }: IncidentEntry): string {
  if (actor === "") return text;
  if (kind === "notified") return `${actor} ${text}`;
  return BY_PEOPLE.has(kind) ? `${actor}: ${text}` : `${text}, says ${actor}`;
}

const REPEATED = new Set(["notified", "escalated"]);

/** The entries in order; who is told the same again and again is in it once. */
export function foldedEntries(entries: readonly IncidentEntry[]): Folded<IncidentEntry>[] {
  return fold(entries, (entry) => (REPEATED.has(entry.kind) ? wordsOf(entry) : undefined));
}

/** What an entry is about, in a word. */
export const ENTRY_TOPICS: Readonly<Record<string, string>> = {
  opened: "begins",
  joined: "joins",
  fires_again: "fires again",
  ended: "ends",
  acknowledged: "person",
  action: "person",
  note: "note",
  changed: "person",
  merged: "merge",
  split: "split",
  notified: "told",
  escalated: "escalation",
  deployed: "deployment",
  mitigated: "mitigated",
  reopened: "open again",
  resolved: "resolved",
};
