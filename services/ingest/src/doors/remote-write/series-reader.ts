import { invalid } from "@sightline/errors/app-error";
import { newRange, type Range, takeField } from "@sightline/otlp/range";
import { endOfVarint, LENGTH, next, readUint32, readVarint64, tagOf, VARINT, type Wire } from "@sightline/otlp/wire";
import { addLabel, type Labels } from "./labels.ts";
import type { Series } from "./series.ts";
import { setNanosOfMs } from "./times.ts";

/** Where the parts of a TimeSeries are, which 1.0 and 2.0 have in other fields: by tags. */
export interface SeriesFields {
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
  /**
   * Reads another field of a series, where the wire stands, and moves the wire to its end: labels, metadata. Answers what
   * is wrong with it.
   */
  readOther(series: Series, wire: Wire, tag: number): string | undefined;
  /** Reads a field of an exemplar in the same way: its labels. */
  readExemplarLabels(labels: Labels, wire: Wire, tag: number): string | undefined;
}

/** Of v1's messages. */
const LABELS = tagOf(1, LENGTH);
const NAME = tagOf(1, LENGTH);
const VALUE = tagOf(2, LENGTH);

/** Hold nothing between two calls. */
const name = newRange();
const value = newRange();

/** prometheus.TimeSeries (prompb/types.proto): each has its labels itself. */
export const V1_FIELDS: SeriesFields = {
  samples: tagOf(2, LENGTH),
  exemplars: tagOf(3, LENGTH),
  histograms: tagOf(4, LENGTH),
  readOther: (series, wire, tag) => readLabel(series.labels, wire, tag),
  readExemplarLabels: readLabel,
};

function readLabel(labels: Labels, wire: Wire, tag: number): undefined {
  if (tag !== LABELS) return undefined;
  const { pos: end } = wire;
  name.start = 0;
  name.end = 0;
  value.start = 0;
  value.end = 0;
  wire.pos = wire.start;
  for (let field = next(wire, end); field !== 0; field = next(wire, end)) {
    if (field === NAME) takeField(name, wire);
    else if (field === VALUE) takeField(value, wire);
  }
  addLabel(labels, name, value);
  return undefined;
}

/** Of v2's messages. */
const SYMBOLS = tagOf(4, LENGTH);
const LABELS_REFS = tagOf(1, LENGTH);
const LABELS_REF = tagOf(1, VARINT);
const METADATA = tagOf(5, LENGTH);
const CREATED_TIMESTAMP = tagOf(6, VARINT);
const METADATA_TYPE = tagOf(1, VARINT);
const HELP_REF = tagOf(3, VARINT);
const UNIT_REF = tagOf(4, VARINT);

/** More than any request has that was meant well: 8 bytes are held for each. */
const MAX_SYMBOLS = 1_000_000;

/** The table of texts of a v2 request: of each where it begins and ends. */
export interface Symbols {
  readonly at: Int32Array;
  readonly count: number;
}

/** Reads the symbols of an io.prometheus.write.v2.Request, from the wire's position on. Throws `invalid_argument`. */
export function readSymbols(wire: Wire, end: number): Symbols {
  const from = wire.pos;
  let count = 0;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) if (tag === SYMBOLS) count++;
  if (count > MAX_SYMBOLS) throw invalid(`cannot take the request: got ${count} symbols, want at most ${MAX_SYMBOLS}`);
  const at = new Int32Array(count * 2);
  let symbol = 0;
  wire.pos = from;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== SYMBOLS) continue;
    at[symbol++] = wire.start;
    at[symbol++] = wire.pos;
  }
  wire.pos = from;
  if (count > 0 && at[0] !== at[1]) throw invalid("cannot take the request: got a text as its first symbol, want none");
  return { at, count };
}

/** io.prometheus.write.v2.TimeSeries (prompb/io/prometheus/write/v2/types.proto): labels refer to symbols. */
export function v2Fields(symbols: Symbols): SeriesFields {
  /** Reads references where the wire stands: names and values in turn. */
  const readRefs = (labels: Labels, wire: Wire, tag: number): string | undefined => {
    if (tag !== LABELS_REFS && tag !== LABELS_REF) return undefined;
    const { pos: end } = wire;
    for (let at = wire.start; at < end; ) {
      const ref = readSmall(wire, at);
      at = endOfVarint(wire.bytes, at, end);
      if (ref >= symbols.count) return `got a reference to symbol ${ref} of ${symbols.count}`;
      if (labels.pendingRef === -1) {
        labels.pendingRef = ref;
        continue;
      }
      takeSymbol(name, symbols, labels.pendingRef);
      takeSymbol(value, symbols, ref);
      labels.pendingRef = -1;
      addLabel(labels, name, value);
    }
    return undefined;
  };
  return {
    samples: tagOf(2, LENGTH),
    histograms: tagOf(3, LENGTH),
    exemplars: tagOf(4, LENGTH),
    readOther: (series, wire, tag) => {
      if (tag === METADATA) return readMetadata(series, symbols, wire);
      if (tag !== CREATED_TIMESTAMP) return readRefs(series.labels, wire, tag);
      readVarint64(wire, wire.start);
      setNanosOfMs(series.start, wire.low, wire.high);
      return undefined;
    },
    readExemplarLabels: readRefs,
  };
}

/** A varint that is mostly one of a byte or two. */
function readSmall(wire: Wire, at: number): number {
  const first = wire.bytes[at] ?? 0;
  if (first < 128) return first;
  const second = wire.bytes[at + 1] ?? 0;
  if (second < 128) return (first & 127) | (second << 7);
  readVarint64(wire, at);
  return wire.high === 0 ? wire.low >>> 0 : Number.MAX_SAFE_INTEGER;
}

function takeSymbol(range: Range, { at }: Symbols, symbol: number): void {
  range.start = at[symbol * 2] ?? 0;
  range.end = at[symbol * 2 + 1] ?? 0;
}

function readMetadata(series: Series, symbols: Symbols, wire: Wire): string | undefined {
  const { pos: end } = wire;
  let problem: string | undefined;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    const number = readUint32(wire);
    if (tag === METADATA_TYPE) series.type = number;
    else if (tag === HELP_REF || tag === UNIT_REF) {
      if (number >= symbols.count) problem = `got metadata with a reference to symbol ${number} of ${symbols.count}`;
      else takeSymbol(tag === HELP_REF ? series.help : series.unit, symbols, number);
    }
  }
  series.hasMetadata = series.type !== 0 || series.help.end > series.help.start || series.unit.end > series.unit.start;
  return problem;
}
