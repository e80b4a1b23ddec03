/** A time during which a zone's offset from UTC does not change, within one year of UTC. Times in Unix milliseconds. */
export interface OffsetSpan {
  /** Inclusive. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** What the wall is ahead of UTC by. */
  readonly offsetMs: number;
}

const DAY_MS = 86_400_000;
const SECOND_MS = 1000;
/** Years of zones that are remembered: a schedule looks at two or three, and there are some 500 zones. */
const MAX_YEARS = 4096;

const years = new Map<string, readonly OffsetSpan[]>();

/**
 * The offsets of a zone in one year of UTC, one after the other without gaps. `Intl` tells an offset in 1.5
 * microseconds, hundreds of times what looking it up here takes; the first look at a year costs half a millisecond.
 */
export function offsetsOfYear(timeZone: string, year: number): readonly OffsetSpan[] {
  const key = `${timeZone} ${year}`;
  const known = years.get(key);
  if (known !== undefined) return known;
  if (years.size >= MAX_YEARS) years.clear();
  const spans = findOffsets(timeZone, Date.UTC(year, 0), Date.UTC(year + 1, 0));
  years.set(key, spans);
  return spans;
}

/** No zone has ever changed its offset twice within a day. */
function findOffsets(timeZone: string, startMs: number, endMs: number): OffsetSpan[] {
  const offsetAt = offsetReader(timeZone);
  const spans: OffsetSpan[] = [];
  let spanStart = startMs;
  let offset = offsetAt(startMs);
  for (let day = startMs; day < endMs; day += DAY_MS) {
    const next = Math.min(day + DAY_MS, endMs);
    const nextOffset = offsetAt(next - 1);
    if (nextOffset === offset) continue;
    const changeMs = findChange(offsetAt, day, next);
    spans.push({ startMs: spanStart, endMs: changeMs, offsetMs: offset });
    spanStart = changeMs;
    offset = nextOffset;
  }
  spans.push({ startMs: spanStart, endMs, offsetMs: offset });
  return spans;
}

/** The second from which on the offset is that of the end. */
function findChange(offsetAt: (atMs: number) => number, fromMs: number, toMs: number): number {
  const after = offsetAt(toMs - 1);
  let before = fromMs / SECOND_MS - 1;
  let from = toMs / SECOND_MS - 1;
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (offsetAt(middle * SECOND_MS) === after) from = middle;
    else before = middle;
  }
  return from * SECOND_MS;
}

function offsetReader(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (atMs) => readOffset(format.format(atMs));
}

/** "11/21/2026, GMT-03:30" as milliseconds; a zone without offset is "GMT", one of long ago may have seconds. */
function readOffset(text: string): number {
  const match = /GMT(?:(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d)(?::(?<seconds>\d\d))?)?$/.exec(text);
  if (match === null) throw new RangeError(`cannot read the offset of a time zone: got ${text}, want GMT+hh:mm`);
  const { sign, hours = "0", minutes = "0", seconds = "0" } = match.groups ?? {};
  const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return (sign === "-" ? -size : size) * SECOND_MS;
}
