import type { LabelMatcher } from "@sightline/query/promql/ast";
import { compareLabels, type Labels, noLabels } from "@sightline/query/promql/labels";
import { createFingerprintMap, type FingerprintMap } from "./fingerprint-map.ts";
import { createMadeLabelsMatch, isOnMadeLabel } from "./matchers.ts";
import type { NamedPart } from "./metric-names.ts";
import type { StoredSeries } from "./read-series.ts";
import { SAMPLE_TABLES, type SampleTable } from "./sample-tables.ts";
import { sameSeriesLabels } from "./series-labels.ts";
import { MAX_NAMED_SERIES } from "./series-statement.ts";
import type { StoredSelection } from "./stored-selection.ts";
import { wordsOf } from "./words.ts";

/** A stored series of which something is asked for. */
export interface WantedSeries {
  /** Its place among those of its table. */
  readonly place: number;
  readonly series: StoredSeries;
  readonly parts: readonly NamedPart[];
}

/** The series of a table whose samples are asked for. */
export interface WantedOfTable {
  readonly table: SampleTable;
  readonly all: readonly WantedSeries[];
  readonly byFingerprint: FingerprintMap<WantedSeries>;
  /** That of each. */
  readonly fingerprints: BigUint64Array;
  /** Their fingerprints, to be told to the database one by one; [] where they are too many for that. */
  readonly named: readonly bigint[];
  /** Under which labels they come as they are stored, in the order of labels. */
  inLabelOrder(): LabelledSeries;
  /** Whether labels are selected that show only with the samples, as those of buckets. */
  readonly isSelected: (labels: Labels) => boolean;
}

/** Labels in their order, and for each the place of its series. */
export interface LabelledSeries {
  readonly labels: readonly Labels[];
  readonly places: Int32Array;
  /** Whether no labels are there twice. */
  readonly areDifferent: boolean;
}

interface Found extends Omit<WantedSeries, "place"> {
  readonly at: number;
}

type Selected = Pick<StoredSelection, "fingerprints" | "series" | "partsOf">;

interface Made {
  readonly matchers: string;
  readonly wanted: readonly WantedOfTable[];
}

/** What was made of series, by the list of them: the same series are most often found as the last time. */
const made = new WeakMap<readonly StoredSeries[], Made>();

/** As `wantedByTable`, and for the same list of series and equal conditions the same answer each time. */
export function sameWantedByTable(found: Selected, matchers: readonly LabelMatcher[]): readonly WantedOfTable[] {
  const conditions = JSON.stringify(matchers.map(({ name, operator, value }) => [name, operator, value]));
  const last = made.get(found.series);
  if (last !== undefined && last.matchers === conditions) return last.wanted;
  const wanted = wantedByTable(found, matchers);
  made.set(found.series, { matchers: conditions, wanted });
  return wanted;
}

/** Of the series that were found those that are selected, by the table that has their samples; only tables that have any. */
export function wantedByTable(found: Selected, matchers: readonly LabelMatcher[]): WantedOfTable[] {
  const isWanted = createPartTest(matchers);
  const byType = new Map<string, Found[]>();
  for (const [at, series] of found.series.entries()) {
    const parts = found.partsOf(series).filter((part) => isWanted(series, part));
    if (parts.length === 0) continue;
    const others = byType.get(series.type);
    if (others === undefined) byType.set(series.type, [{ series, parts, at }]);
    else others.push({ series, parts, at });
  }
  const words = wordsOf(found.fingerprints);
  const isSelected = createMadeLabelsMatch(matchers);
  return SAMPLE_TABLES.map((table) => {
    const ofTable = table.types.flatMap((type) => byType.get(type) ?? []);
    const all = ofTable.map(({ series, parts }, place) => ({ series, parts, place }));
    const byFingerprint = createFingerprintMap<WantedSeries>(all.length);
    for (const one of all) byFingerprint.set(words, ofTable[one.place]?.at ?? 0, one);
    const fingerprints = BigUint64Array.from(ofTable, ({ at }) => found.fingerprints[at] ?? 0n);
    const named = all.length > MAX_NAMED_SERIES ? [] : [...fingerprints];
    let ordered: LabelledSeries | undefined;
    const inLabelOrder = () => {
      ordered ??= orderOf(all);
      return ordered;
    };
    return { table, all, byFingerprint, fingerprints, named, inLabelOrder, isSelected };
  }).filter(({ all }) => all.length > 0);
}

function orderOf(all: readonly WantedSeries[]): LabelledSeries {
  const labelled = all.flatMap(({ place, series, parts }) =>
    parts.map(({ name }) => ({ labels: sameSeriesLabels(name, series), place })),
  );
  labelled.sort((a, b) => compareLabels(a.labels, b.labels));
  const labels = labelled.map((one) => one.labels);
  const areDifferent = labels.every((one, at) => at === 0 || compareLabels(labels[at - 1] ?? noLabels, one) !== 0);
  return { labels, places: Int32Array.from(labelled, ({ place }) => place), areDifferent };
}

/** Whether a part of a series may be selected, by all labels that it has before its samples are read. */
function createPartTest(matchers: readonly LabelMatcher[]): (series: StoredSeries, part: NamedPart) => boolean {
  // The name is what parts are found by.
  const made = matchers.filter((matcher) => isOnMadeLabel(matcher) && matcher.name !== "__name__");
  if (made.length === 0) return () => true;
  const isSelected = createMadeLabelsMatch(made);
  const isSelectedSoFar = createMadeLabelsMatch(made.filter(({ name }) => name !== "le" && name !== "quantile"));
  return (series, { name, label }) =>
    (label === undefined ? isSelected : isSelectedSoFar)(sameSeriesLabels(name, series));
}
