import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { SampledSeries } from "@sightline/query/promql/samples";
import type { SampleSource, Selection } from "@sightline/query/promql/source";
import type { ReadContext } from "../query/reader.ts";
import { readFloats } from "./float-samples.ts";
import { createGate } from "./gate.ts";
import { createStoredLabelsMatch } from "./matchers.ts";
import type { MetricSeries } from "./metric-series.ts";
import { isReadFromSamples } from "./plan-table.ts";
import type { SeriesBlock } from "./read-series.ts";
import type { ReadTime } from "./read-time.ts";
import { piecesOf, type Together, togetherByTime } from "./read-together.ts";
import { readRows } from "./row-samples.ts";
import type { SampleBudget } from "./sample-budget.ts";
import { createSampleSource, isOfNewest, type SampleSourceOptions } from "./sample-source.ts";
import { createSeriesSet, type SeriesSet } from "./series-set.ts";
import { createSharedTable, type SharedTable, shareFloats, shareRows } from "./shared-series.ts";
import { createParts, exactMetrics } from "./stored-selection.ts";
import { wantedByTable } from "./wanted-series.ts";

const namedOrWholeSql = readFileSync(new URL("./sql/named-or-whole.sql", import.meta.url), "utf8");

/** How many statements run at a time. */
const MAX_READS = 3;
/** For so many turns of the event loop nobody has asked for anything more. */
const QUIET_TURNS = 3;
/** How many metrics are read together: they have to fit into the head of a request … */
const MAX_METRICS = 200;
/** … as the series do that are told to the database one by one. */
const MAX_NAMED = 2000;
/** A metric of which more is wanted is read whole in any case. */
const MAX_NAMED_OF_METRIC = 500;
/** Of so many series all samples are read though only the newest are wanted, where others are read anyway. */
const MAX_NEWEST_WITH_OTHERS = 2000;

export interface SharedSourceOptions extends SampleSourceOptions {
  readonly series: MetricSeries;
}

/** A tenant's samples for many queries at a time, each of which has a time of its own. */
export interface SharedSource {
  /** What one of the queries asks; it fails when its time is over, which begins when its turn comes to be read for. */
  of(time: ReadTime): SampleSource;
}

/** A selection that waits for others to be read with. */
interface Waiting {
  readonly selection: Selection;
  readonly metrics: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
  readonly time: ReadTime;
  readonly done: PromiseWithResolvers<readonly SampledSeries[]>;
}

/**
 * A tenant's samples for many queries at a time: what they ask for in the same moment is read together, metric by metric, and shared. What
 * cannot be shared (selectors that name no metric, times of half a day and more), or is too much together, each gets by itself, so that
 * the answers are the same as those of `createSampleSource`. But here what is read together, and each selection that is read by itself, may
 * be so many samples, not each query: what is shared is nobody's own.
 */
export function createSharedSource(options: SharedSourceOptions): SharedSource {
  const { tenant, rollups } = options;
  const gate = createGate(MAX_READS);
  let waiting: Waiting[] = [];

  const answerAlone = (one: Waiting) =>
    gate(() => {
      one.time.begin();
      return createSampleSource(options).select(one.selection, one.time.signal);
    }).then(one.done.resolve, one.done.reject);

  async function answerTogether(group: Together<Waiting>, budget: SampleBudget): Promise<void> {
    try {
      await gate(() => {
        for (const { time } of group.all) time.begin();
        const context = { tenant, signal: untilSettled(group.all) };
        return readGroup(group, { ...options, budget, context, answerAlone });
      });
    } catch (thrown) {
      const error = AppError.from(thrown);
      for (const one of group.all) {
        // Which of them is too much shows when each is asked for by itself.
        if (error.code === "resource_exhausted") void answerAlone(one);
        else one.done.reject(error);
      }
    }
  }

  /** Waits for as long as others go on asking: queries that have calculated for a while let others run before they ask. */
  async function answerSoon(): Promise<void> {
    for (let quietTurns = 0; quietTurns < QUIET_TURNS; quietTurns++) {
      const before = waiting.length;
      await new Promise((resolve) => setImmediate(resolve));
      if (waiting.length > before) quietTurns = -1;
    }
    answerWaiting();
  }

  function answerWaiting(): void {
    const asked = waiting;
    waiting = [];
    const budget = { left: options.limits.maxSamples };
    for (const { all, ...range } of togetherByTime(asked)) {
      const byMetric = [...Map.groupBy(all, ({ metrics }) => metrics.join(" ")).values()];
      for (const some of piecesOf(byMetric, ([one]) => one?.metrics.length ?? 0, MAX_METRICS)) {
        void answerTogether({ ...range, all: some.flat() }, budget);
      }
    }
  }

  function select(selection: Selection, time: ReadTime): Promise<readonly SampledSeries[]> {
    const { matchers, startMs, endMs } = selection;
    const done = Promise.withResolvers<readonly SampledSeries[]>();
    if (time.signal.aborted) return Promise.reject(AppError.from(time.signal.reason));
    time.signal.addEventListener("abort", () => done.reject(AppError.from(time.signal.reason)), { once: true });
    const metrics = exactMetrics(matchers);
    const one = { selection, metrics: metrics ?? [], startMs, endMs, time, done };
    if (metrics === undefined || !isReadFromSamples(selection, rollups.keptFrom(tenant))) void answerAlone(one);
    else {
      waiting.push(one);
      if (waiting.length === 1) void answerSoon();
    }
    return done.promise;
  }

  return { of: (time) => ({ select: (selection) => select(selection, time) }) };
}

/** Aborts when nobody waits for anything any more. */
function untilSettled(all: readonly Waiting[]): AbortSignal {
  const settled = new AbortController();
  void Promise.allSettled(all.map(({ done }) => done.promise)).then(() => settled.abort());
  return settled.signal;
}

interface GroupRead extends SharedSourceOptions {
  readonly budget: SampleBudget;
  readonly context: ReadContext;
  readonly answerAlone: (one: Waiting) => Promise<void>;
}

type FoundSeries = ReadonlyMap<string, SeriesBlock | null>;

async function readGroup(group: Together<Waiting>, options: GroupRead): Promise<void> {
  const metrics = [...new Set(group.all.flatMap((one) => one.metrics))];
  const found = await options.series.find(metrics, group, options.context);
  const tables = new Map<string, SharedTable>();
  const wishes = new Map<Waiting, Wishes>();
  for (const one of group.all) {
    const blocks = one.metrics.map((metric) => found.get(metric) ?? null);
    const known = blocks.filter((block) => block !== null);
    if (known.length < blocks.length) {
      void options.answerAlone(one);
      continue;
    }
    const set = createSeriesSet();
    wishes.set(one, { set, unread: addWishes(one, { known, set, tables }) });
  }
  answerRead(wishes);
  for (const table of quickestFirst([...tables.values()])) {
    await readTable(table, { ...options, found, group });
    for (const { unread } of wishes.values()) unread.delete(table);
    // Who wants nothing of the tables that follow does not wait for them.
    answerRead(wishes);
  }
}

/** Floats are the least work, and most want nothing else. */
function quickestFirst(tables: readonly SharedTable[]): readonly SharedTable[] {
  return tables.toSorted((a, b) => Number(hasFloats(b)) - Number(hasFloats(a)));
}

function hasFloats({ table }: SharedTable): boolean {
  return table.name === "metrics_samples";
}

interface Wishes {
  readonly set: SeriesSet;
  /** The tables that something is still to be read of. */
  readonly unread: Set<SharedTable>;
}

function answerRead(wishes: Map<Waiting, Wishes>): void {
  for (const [one, { set, unread }] of wishes) {
    if (unread.size > 0) continue;
    wishes.delete(one);
    one.done.resolve(set.series());
  }
}

interface Wishing {
  readonly known: readonly SeriesBlock[];
  readonly set: SeriesSet;
  readonly tables: Map<string, SharedTable>;
}

/** Answers the tables that something is wanted of. */
function addWishes({ selection, startMs, endMs }: Waiting, { known, set, tables }: Wishing): Set<SharedTable> {
  const wanting = new Set<SharedTable>();
  const { matchers, hints } = selection;
  const partsOf = createParts(matchers);
  const isMatching = createStoredLabelsMatch(matchers);
  for (const { fingerprints, series } of known) {
    const places = [...series.keys()].filter((at) => isMatching(series[at]?.attributes ?? new Map()));
    const matching = {
      fingerprints: BigUint64Array.from(places, (at) => fingerprints[at] ?? 0n),
      series: places.flatMap((at) => series[at] ?? []),
      partsOf,
    };
    for (const wanted of wantedByTable(matching, matchers)) {
      const { table } = wanted;
      const shared = tables.get(table.name) ?? createSharedTable(table);
      tables.set(table.name, shared);
      shared.want(wanted, { startMs, endMs, isOfNewest: isOfNewest(hints), set });
      wanting.add(shared);
    }
  }
  return wanting;
}

interface TableRead extends GroupRead {
  readonly found: FoundSeries;
  readonly group: Together<Waiting>;
}

async function readTable(shared: SharedTable, options: TableRead): Promise<void> {
  for (const metrics of metricsOfReads(shared)) {
    const namedOf = (metric: string) => namedSeries(shared, metric, options.found)?.length ?? 0;
    for (const some of piecesOf(metrics, namedOf, MAX_NAMED)) await readMetrics(shared, some, options);
  }
}

/**
 * Which metrics are read by one statement each. Those of which only the newest samples are wanted are read with the others, if there are
 * any: a statement costs more than to pass on some samples that nobody wants.
 */
function metricsOfReads(shared: SharedTable): string[][] {
  const { byMetric } = shared;
  const all = [...byMetric.keys()];
  if (!hasFloats(shared)) return [all];
  const isOfNewest = (metric: string) => byMetric.get(metric)?.isOfNewest === true;
  const newest = all.filter(isOfNewest);
  const series = newest.reduce((sum, metric) => sum + (byMetric.get(metric)?.series.length ?? 0), 0);
  if (newest.length < all.length && series <= MAX_NEWEST_WITH_OTHERS) return [all];
  return [newest, all.filter((metric) => !isOfNewest(metric))].filter((metrics) => metrics.length > 0);
}

async function readMetrics(shared: SharedTable, metrics: readonly string[], options: TableRead): Promise<void> {
  const { reader, budget, context, found, group } = options;
  const { startMs, endMs } = group;
  const { table, all, byFingerprint, byMetric } = shared;
  const whole = metrics.filter((metric) => namedSeries(shared, metric, found) === undefined);
  const fingerprints = metrics.flatMap((metric) => namedSeries(shared, metric, found) ?? []);
  const params = { metrics, startMs, endMs, whole, fingerprints };
  const question = { params, selected: fingerprints.length === 0 ? "" : namedOrWholeSql, budget, context };
  if (!hasFloats(shared)) {
    return await readRows(reader, {
      ...question,
      table,
      byFingerprint,
      take: (one, run) => shareRows(one, run, table),
    });
  }
  const isOnlyNewest = metrics.every((metric) => byMetric.get(metric)?.isOfNewest === true);
  const newestUntilMs = isOnlyNewest ? Math.min(...group.all.map((one) => one.endMs)) : null;
  const times = { startMs, endMs, newestUntilMs };
  await readFloats(reader, { ...question, ...times, all, byFingerprint, take: shareFloats });
}

/** The series of a metric that are told to the database one by one; undefined where all of them are read: most are wanted. */
function namedSeries({ byMetric }: SharedTable, metric: string, found: FoundSeries): readonly bigint[] | undefined {
  const wanted = byMetric.get(metric)?.series ?? [];
  const isWhole = wanted.length > MAX_NAMED_OF_METRIC || wanted.length * 2 > (found.get(metric)?.series.length ?? 0);
  return isWhole ? undefined : wanted.map(({ fingerprint }) => fingerprint);
}
