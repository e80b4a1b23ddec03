import type { Notification } from "@sightline/alertmanager/notification";
import type { Severity } from "@sightline/model/severity";
import type { OnCallAnswer } from "@sightline/oncall/escalation/advance";
import type { ContactPreferences } from "@sightline/oncall/escalation/contacts";
import type { EscalationPolicy } from "@sightline/oncall/escalation/policy";
import { type ScheduleThen, shiftsThen } from "@sightline/oncall/schedule/history";
import { createZone, type Zone } from "@sightline/oncall/zone/zone";

/** Who is told by escalations, and how: the same for both sides. */
export interface People {
  /** By name, as they are now. */
  readonly policies: ReadonlyMap<string, EscalationPolicy>;
  /** By user, as they are now. */
  readonly contacts: ReadonlyMap<string, ContactPreferences>;
  /** By name, as they were at each time. */
  readonly schedules: ReadonlyMap<string, readonly ScheduleThen[]>;
  /** How bad what a notification tells is. */
  severityOf(notification: Notification): Severity;
}

/** Answers who was on call when, between two times. */
export function createDuty(schedules: People["schedules"], startMs: number, endMs: number) {
  const known = new Map(
    [...schedules].map(([name, versions]) => [name, { versions, ...shiftsThen(versions, startMs, endMs + 1) }]),
  );
  return (name: string, atMs: number): OnCallAnswer => {
    const schedule = known.get(name);
    const version = schedule?.versions.findLast(({ fromMs }) => fromMs <= atMs);
    if (schedule === undefined || version?.schedule === undefined) return { kind: "unknown" };
    const shift = schedule.final.find((one) => one.startMs <= atMs && atMs < one.endMs);
    return shift === undefined ? { kind: "nobody" } : { kind: "user", user: shift.user };
  };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Night is from 22 to 7 o'clock on the wall. */
const NIGHT_BEGINS_MS = 22 * HOUR_MS;
const NIGHT_ENDS_MS = 7 * HOUR_MS;

/** Tells whether it is night for somebody. */
export function isNight(zone: Zone, atMs: number): boolean {
  const ofDayMs = ((zone.wallOf(atMs) % DAY_MS) + DAY_MS) % DAY_MS;
  return ofDayMs >= NIGHT_BEGINS_MS || ofDayMs < NIGHT_ENDS_MS;
}

/** How often somebody, or a receiver, is told that something fires. */
export interface PageCount {
  readonly pages: number;
  /** Those at night in the time zone of a person; 0 for receivers, which have none. */
  readonly nightPages: number;
}

/** Counts who was told. */
export interface PageBook {
  person(user: string, atMs: number): void;
  receiver(name: string): void;
  readonly people: ReadonlyMap<string, PageCount>;
  readonly receivers: ReadonlyMap<string, PageCount>;
}

export function createPageBook(contacts: People["contacts"]): PageBook {
  const people = new Map<string, PageCount>();
  const receivers = new Map<string, PageCount>();
  const zones = new Map<string, Zone>();
  const zoneOf = (user: string) => {
    const zone = zones.get(user) ?? createZone(contacts.get(user)?.timeZone ?? "UTC");
    zones.set(user, zone);
    return zone;
  };
  const count = (book: Map<string, PageCount>, name: string, atNight: boolean) => {
    const { pages, nightPages } = book.get(name) ?? { pages: 0, nightPages: 0 };
    book.set(name, { pages: pages + 1, nightPages: nightPages + (atNight ? 1 : 0) });
  };
  return {
    person: (user, atMs) => count(people, user, isNight(zoneOf(user), atMs)),
    receiver: (name) => count(receivers, name, false),
    people,
    receivers,
  };
}
