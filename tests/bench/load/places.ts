import { next, openWire, tagOf, type Wire } from "@sightline/otlp/wire";

/** Field numbers that lead from a message to a field of it, each through every occurrence; a list means any of those. */
export type FieldPath = readonly (number | readonly number[])[];

const LENGTH_DELIMITED = 2;

/** Where the payloads of all fields at the end of a path begin, in the order of the message. */
export function placesOf(message: Uint8Array, path: FieldPath): number[] {
  return rangesOf(message, path).map(({ start }) => start);
}

/** Where the payloads of all fields at the end of a path end. */
export function endsOf(message: Uint8Array, path: FieldPath): number[] {
  return rangesOf(message, path).map(({ end }) => end);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function rangesOf(message: Uint8Array, path: FieldPath): Range[] {
  const ranges: Range[] = [];
  collect(openWire(message), message.length, { path, ranges });
  return ranges;
}

function collect(wire: Wire, end: number, { path, ranges }: { path: FieldPath; ranges: Range[] }): void {
  const [level = [], ...deeper] = path;
  const wanted = new Set(typeof level === "number" ? [level] : level);
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    const { start, pos: after } = wire;
    const field = tag >>> 3;
    if (!wanted.has(field)) continue;
    if (deeper.length === 0) ranges.push({ start, end: after });
    else if (tag === tagOf(field, LENGTH_DELIMITED)) {
      wire.pos = start;
      collect(wire, after, { path: deeper, ranges });
      wire.pos = after;
    }
  }
}
