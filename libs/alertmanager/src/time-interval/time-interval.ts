/** From one number to another, both included. */
export interface InclusiveRange {
  readonly begin: number;
  readonly end: number;
}

/** Minutes of a day from 0 to 1440; the end is not included. */
export interface MinuteRange {
  readonly startMinute: number;
  readonly endMinute: number;
}

/**
 * Times that come again, as Alertmanager has them (timeinterval/timeinterval.go): those that lie in one range of each kind that is
 * there. With no ranges at all it is always.
 */
export interface TimeInterval {
  readonly times: readonly MinuteRange[] | undefined;
  /** 0 is Sunday. */
  readonly weekdays: readonly InclusiveRange[] | undefined;
  /** From 1, or from the month's end: -1 is its last day. */
  readonly daysOfMonth: readonly InclusiveRange[] | undefined;
  /** 1 is January. */
  readonly months: readonly InclusiveRange[] | undefined;
  readonly years: readonly InclusiveRange[] | undefined;
  /** The time zone's name in IANA's database; undefined is UTC. */
  readonly location: string | undefined;
}

/** Intervals by their name. A time lies in a name when it lies in one of its intervals. */
export type NamedTimeIntervals = ReadonlyMap<string, readonly TimeInterval[]>;
