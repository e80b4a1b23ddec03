import type { Grouping, VectorAggregation } from "../ast.ts";
import type { VectorOperation } from "../token.ts";
import type { Steps } from "./binary.ts";
import { createSeries, groupLabels, labelsKey, type Series } from "./series.ts";
import { seriesValue, type Value } from "./value.ts";

/** Puts series together, point by point. */
export async function aggregateVector(
  expression: VectorAggregation,
  series: readonly Series[],
  over: Steps,
): Promise<Value> {
  const { operation, parameter } = expression;
  const grouping = expression.grouping ?? { without: false, labels: [] };
  switch (operation) {
    case "sort":
    case "sort_desc":
      return seriesValue(sortSeries(series, operation === "sort" ? 1 : -1), true);
    case "topk":
    case "approx_topk":
      return selectSeries(groupSeries(series, grouping), { ...over, count: parameter ?? 0, direction: -1 });
    case "bottomk":
      return selectSeries(groupSeries(series, grouping), { ...over, count: parameter ?? 0, direction: 1 });
    default: {
      const folded: Series[] = [];
      for (const group of groupSeries(series, grouping)) folded.push(await foldGroup(group, operation, over));
      return seriesValue(folded);
    }
  }
}

/** How many points are looked at between two breaths: of each, all series of a group. */
const stepsPerBreath = 16;

interface Group {
  readonly labels: Series["labels"];
  readonly key: string;
  readonly members: Series[];
}

function groupSeries(series: readonly Series[], { without, labels }: Grouping): Group[] {
  const names = new Set(labels);
  const groups = new Map<string, Group>();
  for (const member of series) {
    const left = groupLabels(member.labels, names, without);
    const key = labelsKey(left);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels: left, key, members: [member] });
    else group.members.push(member);
  }
  return [...groups.values()];
}

type Fold = (values: readonly number[]) => number;

async function foldGroup(
  { labels, key, members }: Group,
  operation: VectorOperation,
  { steps, breathe }: Steps,
): Promise<Series> {
  const fold = folds.get(operation) ?? sum;
  const result = createSeries(labels, steps, key);
  const values: number[] = [];
  for (let step = 0; step < steps; step++) {
    if (step % stepsPerBreath === 0) {
      const breath = breathe();
      if (breath !== undefined) await breath;
    }
    values.length = 0;
    for (const member of members) if (member.present[step] === 1) values.push(member.values[step] ?? 0);
    if (values.length === 0) continue;
    result.values[step] = fold(values);
    result.present[step] = 1;
  }
  return result;
}

const sum: Fold = (values) => values.reduce((total, value) => total + value, 0);

/** A mean that is infinite stays so, unless something is infinite the other way. */
const average: Fold = (values) => {
  const total = sum(values);
  if (Number.isFinite(total) || Number.isNaN(total) || values.some((value) => !Number.isFinite(value))) {
    return total / values.length;
  }
  return values.reduce((mean, value, index) => mean + (value - mean) / (index + 1), 0);
};

const variance: Fold = (values) => {
  let mean = 0;
  let squares = 0;
  for (const [index, value] of values.entries()) {
    const delta = value - mean;
    mean += delta / (index + 1);
    squares += delta * (value - mean);
  }
  return squares / values.length;
};

/** The least or greatest value; what is no number counts only where nothing else is there. */
const extreme = (isBetter: (value: number, best: number) => boolean): Fold => {
  return (values) => values.reduce((best, value) => (isBetter(value, best) || Number.isNaN(best) ? value : best));
};

const folds: ReadonlyMap<VectorOperation, Fold> = new Map<VectorOperation, Fold>([
  ["sum", sum],
  ["avg", average],
  ["count", (values) => values.length],
  ["min", extreme((value, best) => value < best)],
  ["max", extreme((value, best) => value > best)],
  ["stdvar", variance],
  ["stddev", (values) => Math.sqrt(variance(values))],
]);

/** Values in order; what is no number comes last either way. */
function compareValues(a: number, b: number, direction: 1 | -1): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a === b ? 0 : (a < b ? -1 : 1) * direction;
}

/** Series by the value that they have last: sorting means something at one point only. */
function sortSeries(series: readonly Series[], direction: 1 | -1): Series[] {
  const lastOf = ({ values, present }: Series) => values[present.lastIndexOf(1)] ?? Number.NaN;
  return [...series].sort((a, b) => compareValues(lastOf(a), lastOf(b), direction));
}

interface Selection extends Steps {
  readonly count: number;
  readonly direction: 1 | -1;
}

/** Keeps of each group at each point the series that come first. */
async function selectSeries(groups: readonly Group[], { count, direction, steps, breathe }: Selection): Promise<Value> {
  const selected: Series[] = [];
  for (const { members } of groups) {
    const results = members.map(({ labels, key }) => createSeries(labels, steps, key));
    const order = members.map((_, index) => index);
    for (let step = 0; step < steps; step++) {
      if (step % stepsPerBreath === 0) {
        const breath = breathe();
        if (breath !== undefined) await breath;
      }
      const valueAt = (index: number) => members[index]?.values[step] ?? 0;
      const there = order.filter((index) => members[index]?.present[step] === 1);
      there.sort((a, b) => compareValues(valueAt(a), valueAt(b), direction) || a - b);
      for (const index of there.slice(0, count)) {
        const result = results[index];
        if (result === undefined) continue;
        result.values[step] = valueAt(index);
        result.present[step] = 1;
      }
    }
    for (const result of results) if (result.present.includes(1)) selected.push(result);
  }
  return seriesValue(steps === 1 ? sortSeries(selected, direction) : selected, steps === 1);
}
