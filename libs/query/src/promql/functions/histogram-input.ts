import type { Expression } from "../ast.ts";
import { type ClassicBuckets, orderedBuckets } from "../classic-histogram.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { keyOf, type Labels, labelValue, metricName, withLabel } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { parseNumber } from "../number-text.ts";
import { FLOAT, HISTOGRAM, type VectorSeries } from "../value.ts";

const bucketLabel = "le";

/** Buckets of a classic histogram that come as series, and the native one of the same labels if there is one. */
interface Group {
  /** Without `le`. */
  readonly labels: Labels;
  readonly buckets: { readonly bound: number; readonly series: VectorSeries }[];
}

/** A histogram of the input: all its buckets as series, or one series of native ones. */
export interface InputHistogram {
  readonly labels: Labels;
  readonly dropName: boolean;
  /** The buckets at a step, in order; null where there are none, or none that end at infinity. */
  classicAt(step: number): { readonly buckets: ClassicBuckets | null } | null;
  nativeAt(step: number): Histogram | null;
}

/**
 * Puts the buckets of classic histograms together and sets native ones beside them. Where a step has both of the same labels it has
 * neither, and that is told, as are buckets without a bound.
 */
export function readHistograms(
  series: readonly VectorSeries[],
  { argument, evaluation }: { readonly argument: Expression; readonly evaluation: Evaluation },
): readonly InputHistogram[] {
  const groups = new Map<string, Group>();
  for (const one of series) addBucket(groups, one, { argument, evaluation });
  for (const { buckets } of groups.values()) buckets.sort((a, b) => a.bound - b.bound);
  const natives = series.filter(({ histograms }) => histograms !== null);
  const conflicts = natives.flatMap((native) => groups.get(keyOf(native.labels)) ?? []);
  const noteConflict = (labels: Labels) => {
    const name = evaluation.delayedNameRemoval ? metricName(labels) : "";
    evaluation.notes.warn(texts.mixedClassicAndNative(name), argument.span);
  };
  return [
    ...natives.map((native) => nativeInput(native, groups.get(keyOf(native.labels)), noteConflict)),
    ...[...groups.values()].map((group) =>
      classicInput(group, conflicts.includes(group) ? nativesOf(natives, group) : []),
    ),
  ];
}

function addBucket(
  groups: Map<string, Group>,
  series: VectorSeries,
  { argument, evaluation }: { readonly argument: Expression; readonly evaluation: Evaluation },
): void {
  if (!series.kinds.includes(FLOAT)) return;
  const text = labelValue(series.labels, bucketLabel);
  const bound = boundOf(text);
  if (bound === null) {
    const name = evaluation.delayedNameRemoval ? metricName(series.labels) : "";
    evaluation.notes.warn(texts.badBucketLabel(name, text), argument.span);
    return;
  }
  const labels = withLabel(series.labels, bucketLabel, "");
  const key = keyOf(labels);
  const group = groups.get(key);
  if (group === undefined) groups.set(key, { labels, buckets: [{ bound, series }] });
  else group.buckets.push({ bound, series });
}

function boundOf(text: string): number | null {
  const sign = text.startsWith("-") ? -1 : 1;
  const number = parseNumber(text.replace(/^[+-]/, "").replace(/^infinity$/i, "inf"));
  return number === null ? null : sign * number;
}

function nativesOf(natives: readonly VectorSeries[], group: Group): readonly VectorSeries[] {
  const key = keyOf(group.labels);
  return natives.filter(({ labels }) => keyOf(labels) === key);
}

function nativeInput(native: VectorSeries, group: Group | undefined, note: (labels: Labels) => void): InputHistogram {
  return {
    labels: native.labels,
    dropName: native.dropName,
    classicAt: () => null,
    nativeAt(step) {
      const histogram = native.kinds[step] === HISTOGRAM ? (native.histograms?.[step] ?? null) : null;
      if (histogram === null || !group?.buckets.some(({ series }) => series.kinds[step] === FLOAT)) return histogram;
      note(native.labels);
      return null;
    },
  };
}

function classicInput({ labels, buckets }: Group, natives: readonly VectorSeries[]): InputHistogram {
  const bounds = buckets.map(({ bound }) => bound);
  return {
    labels,
    dropName: buckets[0]?.series.dropName ?? false,
    classicAt(step) {
      if (natives.some(({ kinds }) => kinds[step] === HISTOGRAM)) return null;
      const present = buckets.every(({ series }) => series.kinds[step] === FLOAT)
        ? buckets
        : buckets.filter(({ series }) => series.kinds[step] === FLOAT);
      if (present.length === 0) return null;
      const counts = present.map(({ series }) => series.values[step] ?? 0);
      return { buckets: orderedBuckets(present === buckets ? bounds : present.map(({ bound }) => bound), counts) };
    },
    nativeAt: () => null,
  };
}
