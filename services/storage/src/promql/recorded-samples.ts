import type { PromqlNativeHistogram, PromqlRecordedSample } from "@sightline/proto/sightline/query/v1/promql_service";
import { PromqlResetHint } from "@sightline/proto/sightline/query/v1/promql_service";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import {
  createHistogram,
  customSchema,
  type Histogram,
  type ResetHint,
} from "@sightline/query/promql/histogram/histogram";
import { keyOf, type Labels, labelsOf, labelValue, metricName } from "@sightline/query/promql/labels";
import { createMatch } from "@sightline/query/promql/matcher";
import { writeStale } from "@sightline/query/promql/samples";
import type { SampleSource } from "@sightline/query/promql/source";
import { createSeriesSet, inTimeOrder, type SamplePiece } from "./series-set.ts";
import { placesWithin } from "./times-within.ts";

interface RecordedSeries {
  readonly labels: Labels;
  readonly piece: SamplePiece;
}

/**
 * Makes sources that also know samples that are on their way to the database. Of two of one series and time the one that is on its way
 * counts.
 */
export function createWithRecorded(recorded: readonly PromqlRecordedSample[]): (source: SampleSource) => SampleSource {
  if (recorded.length === 0) return (source) => source;
  const byName = Map.groupBy(seriesOf(recorded), ({ labels }) => metricName(labels));
  const candidates = (matchers: readonly LabelMatcher[]) => {
    const exact = matchers.find(({ name, operator }) => name === "__name__" && operator === "=");
    return exact === undefined ? [...byName.values()].flat() : (byName.get(exact.value) ?? []);
  };
  return (source) => ({
    async select(selection, signal) {
      const stored = await source.select(selection, signal);
      const tests = selection.matchers.map((matcher) => ({ name: matcher.name, matches: createMatch(matcher) }));
      const isSelected = ({ labels }: RecordedSeries) =>
        tests.every(({ name, matches }) => matches(labelValue(labels, name)));
      const others = candidates(selection.matchers).filter(isSelected);
      if (others.length === 0) return stored;
      const set = createSeriesSet();
      for (const series of stored) set.add(series.labels, series);
      for (const { labels, piece } of others) {
        const part = partOf(piece, placesWithin(piece.times, selection));
        if (part.times.length > 0) set.add(labels, part);
      }
      return set.series();
    },
  });
}

function partOf(piece: SamplePiece, [from, to]: readonly [number, number]): SamplePiece {
  const { times, values, histograms } = piece;
  const cut = { times: times.subarray(from, to), values: values.subarray(from, to) };
  return { ...piece, ...cut, histograms: histograms?.slice(from, to) ?? null };
}

function seriesOf(recorded: readonly PromqlRecordedSample[]): RecordedSeries[] {
  const labelled = recorded.map((sample) => ({ labels: labelsOf(pairs(sample.labels)), sample }));
  return Array.from(Map.groupBy(labelled, ({ labels }) => keyOf(labels)).values(), (all) => ({
    labels: all[0]?.labels ?? [],
    piece: pieceOf(all.map(({ sample }) => sample)),
  }));
}

function pieceOf(samples: readonly PromqlRecordedSample[]): SamplePiece {
  const times = Float64Array.from(samples, ({ unixMs }) => Number(unixMs));
  const values = Float64Array.from(samples, ({ value }) => value);
  for (const [at, { isStale }] of samples.entries()) if (isStale) writeStale(values, at);
  const found = samples.map(({ histogram, isStale }) =>
    histogram === undefined || isStale ? null : histogramOf(histogram),
  );
  const histograms = found.every((histogram) => histogram === null) ? null : found;
  return inTimeOrder({ times, values, histograms, weights: null, isDelta: false });
}

function* pairs(names: readonly string[]): Generator<[string, string]> {
  for (let at = 0; at < names.length; at += 2) yield [names[at] ?? "", names[at + 1] ?? ""];
}

const HINTS: ReadonlyMap<PromqlResetHint, ResetHint> = new Map([
  [PromqlResetHint.RESET, "reset"],
  [PromqlResetHint.NOT_RESET, "not_reset"],
  [PromqlResetHint.GAUGE, "gauge"],
]);

function histogramOf({ hint, bounds, ...wire }: PromqlNativeHistogram): Histogram {
  const { positiveIndexes, positiveCounts, negativeIndexes, negativeCounts, ...numbers } = wire;
  return createHistogram({
    ...numbers,
    positive: { indexes: positiveIndexes, counts: positiveCounts },
    negative: { indexes: negativeIndexes, counts: negativeCounts },
    bounds: numbers.schema === customSchema ? bounds : null,
    hint: HINTS.get(hint) ?? "unknown",
  });
}
