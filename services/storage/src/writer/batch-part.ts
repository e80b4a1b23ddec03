import type { RecordRange } from "@sightline/otlp/slice-records";

/** A part of a batch: some of its messages, or some records of one of them. */
export interface BatchPart {
  /** The sequences of its first and its last message. */
  readonly first: number;
  readonly last: number;
  /** Which records of its only message; undefined: all of its messages. */
  readonly records?: RecordRange | undefined;
}

/** What it is called in the name of its insert, unlike any other part. */
export function nameOf({ first, last, records }: BatchPart): string {
  return records === undefined ? `${first}-${last}` : `${first}/${records.from}-${records.to}`;
}

/** Whether a part ends before another begins. */
export function isBefore(part: BatchPart, other: BatchPart): boolean {
  if (part.last !== other.first) return part.last < other.first;
  return part.records !== undefined && other.records !== undefined && part.records.to <= other.records.from;
}

/** Whether another part is in this one, or is this one. */
export function contains(part: BatchPart, other: BatchPart): boolean {
  if (part.first > other.first || part.last < other.last) return false;
  if (part.records === undefined) return true;
  if (other.records === undefined) return false;
  return part.records.from <= other.records.from && part.records.to >= other.records.to;
}
