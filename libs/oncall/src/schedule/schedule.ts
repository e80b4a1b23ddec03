import type { WallWindow } from "../zone/wall-window.ts";
import type { Weekday } from "../zone/weekdays.ts";

/**
 * Who is on call when: what PagerDuty, Opsgenie and Grafana OnCall have in common. All times of day are those of the
 * schedule's time zone. At any moment one person is on call, or nobody.
 */
export interface Schedule {
  /** IANA name. */
  readonly timeZone: string;
  /** Later ones lie on top: where one has somebody on call, those below it do not count. */
  readonly layers: readonly Layer[];
  /** On top of all layers, the later ones on top of the earlier. */
  readonly overrides: readonly Override[];
}

/** People who take turns. */
export interface Layer {
  /** Unique in the schedule. */
  readonly name: string;
  /** In the order of their turns; somebody may be in it twice. */
  readonly participants: readonly string[];
  readonly rotation: Rotation;
  /** When anybody of it is on call at all; empty: always. Turns go on meanwhile. */
  readonly restrictions: readonly WallWindow[];
  /** When the first participant's first turn begins, which lasts until the next hand-over. */
  readonly startsAtMs: number;
  /** Exclusive; undefined: never. */
  readonly endsAtMs: number | undefined;
}

export const ROTATION_UNITS = ["hour", "day", "week"] as const;

export type RotationUnit = (typeof ROTATION_UNITS)[number];

/**
 * How long a turn is, on the wall: one of 12 hours that begins at 08:00 ends at 20:00 even on the day on which the clocks
 * change, and is an hour longer or shorter then.
 */
export interface Rotation {
  readonly every: number;
  readonly unit: RotationUnit;
  /** "HH:MM". Turns of hours are counted from this time of the day on which the layer starts. */
  readonly handoverTime: string;
  /** Of turns of weeks; undefined for all others. */
  readonly handoverWeekday: Weekday | undefined;
}

/** Somebody in place of whoever would be on call. */
export interface Override {
  readonly overrideId: string;
  readonly user: string;
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** Where it comes from that somebody is on call. */
export type ShiftSource =
  | { readonly kind: "layer"; readonly layer: string }
  | { readonly kind: "override"; readonly overrideId: string };

/** A time for which one person is on call for one reason. */
export interface Shift {
  readonly user: string;
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly source: ShiftSource;
}
