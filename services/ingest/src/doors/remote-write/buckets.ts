import { endOfVarint, next, readUint32, readVarint64, tagOf, VARINT, type Wire, zigzag32 } from "@sightline/otlp/wire";

/** Of BucketSpan. */
const OFFSET = tagOf(1, VARINT);
const LENGTH = tagOf(2, VARINT);

/** The widest range that is written out, empty buckets included: all of schema 8 is a tenth of it. */
const MAX_WIDTH = 1_000_000;

/** The buckets of one side: spans of neighbours with gaps between them, and a count for each. Set again and again. */
export interface BucketList {
  /** Of each span the gap before it (of the first: its index) and its length. */
  spans: Int32Array;
  spanCount: number;
  counts: Float64Array;
  length: number;
  /** All counts together. */
  total: number;
  /** The index of the first bucket, and from it to the last how many there are with all between them. */
  offset: number;
  width: number;
}

export function newBuckets(): BucketList {
  const spans = new Int32Array(32);
  return { spans, spanCount: 0, counts: new Float64Array(256), length: 0, total: 0, offset: 0, width: 0 };
}

export function clearBuckets(list: BucketList): void {
  list.spanCount = 0;
  list.length = 0;
  list.total = 0;
  list.offset = 0;
  list.width = 0;
}

/** Adds the BucketSpan that the wire stands on; moves the wire to its end. */
export function readSpan(list: BucketList, wire: Wire): void {
  const { pos: end } = wire;
  let offset = 0;
  let length = 0;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === OFFSET) offset = zigzag32(readUint32(wire));
    else if (tag === LENGTH) length = readUint32(wire);
  }
  const at = list.spanCount * 2;
  if (at === list.spans.length) {
    const larger = new Int32Array(at * 2);
    larger.set(list.spans);
    list.spans = larger;
  }
  list.spans[at] = offset;
  // Beyond this it is refused anyway.
  list.spans[at + 1] = Math.min(length, 0x7fffffff);
  list.spanCount++;
}

/** Adds the counts that are written as differences, sint64 each, where the wire stands. */
export function readDeltas(list: BucketList, wire: Wire): void {
  const { pos: end } = wire;
  for (let at = wire.start; at < end; at = endOfVarint(wire.bytes, at, end)) {
    readVarint64(wire, at);
    const previous = list.length === 0 ? 0 : (list.counts[list.length - 1] ?? 0);
    addCount(list, previous + zigzag64(wire));
  }
}

/** Adds the counts that are doubles, where the wire stands. */
export function readDoubles(list: BucketList, wire: Wire): void {
  for (let at = wire.start; at + 8 <= wire.pos; at += 8) addCount(list, wire.view.getFloat64(at, true));
}

function addCount(list: BucketList, count: number): void {
  if (list.length === list.counts.length) {
    const larger = new Float64Array(list.length * 2);
    larger.set(list.counts);
    list.counts = larger;
  }
  list.counts[list.length++] = count;
  list.total += count;
}

/** What a sint64 stands for whose varint was just read; beyond 2^53 rounded. */
function zigzag64({ low, high }: Wire): number {
  const half = (high >>> 0) * 2_147_483_648 + (low >>> 1);
  return (low & 1) === 0 ? half : -half - 1;
}

/** What is wrong with the buckets; undefined when nothing is: then `offset` and `width` are set. */
export function problemOfBuckets(list: BucketList): string | undefined {
  let buckets = 0;
  let width = 0;
  for (let span = 0; span < list.spanCount; span++) {
    const gap = list.spans[span * 2] ?? 0;
    const length = list.spans[span * 2 + 1] ?? 0;
    if (span === 0) list.offset = gap;
    else if (gap < 0) return "got a histogram with a negative gap between its buckets";
    else width += gap;
    width += length;
    buckets += length;
  }
  if (buckets !== list.length) return `got a histogram with ${list.length} counts for ${buckets} buckets, want as many`;
  if (width > MAX_WIDTH) return `got a histogram that spans ${width} buckets, want at most ${MAX_WIDTH}`;
  list.width = width;
  for (let i = 0; i < list.length; i++) {
    if ((list.counts[i] ?? 0) < 0) return "got a histogram with a negative count, want counts of 0 or more";
  }
  return undefined;
}

/** Tells `each` the count of every bucket from the first to the last, gaps as 0. */
export function eachBucket(list: BucketList, each: (count: number) => void): void {
  let taken = 0;
  for (let span = 0; span < list.spanCount; span++) {
    const gap = span === 0 ? 0 : (list.spans[span * 2] ?? 0);
    for (let i = 0; i < gap; i++) each(0);
    const length = list.spans[span * 2 + 1] ?? 0;
    for (let i = 0; i < length; i++) each(list.counts[taken++] ?? 0);
  }
}
