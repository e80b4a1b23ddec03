import { AppError, invalid } from "@sightline/errors/app-error";
import { createEngine, type Query, readQuery } from "@sightline/query/promql/engine";
import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import type { Labels as SeriesLabels } from "@sightline/query/promql/labels";
import { formatLabels } from "@sightline/query/promql/labels";
import { createMemorySource } from "@sightline/query/promql/memory-source";
import type { QueryResult } from "@sightline/query/promql/result";
import { type Point, parseSeriesLine } from "@sightline/query/promql/series-notation";
import type { Queries, Question, Vector, VectorElement } from "../evaluate/queries.ts";
import type { SampleSink } from "../evaluate/written-samples.ts";
import { labelsByName, seriesLabels } from "../labels.ts";
import type { QueryAnswer, UnitTest } from "./unit-test-file.ts";

/** What the rules of a test see: its series, as far as time has come, and what they have recorded. */
export interface UnitTestStore extends Queries, SampleSink {
  /** Lets the samples up to a time in. */
  loadUntil(ms: number): void;
  /** Adds what has come late, such as `up{job="a"} 1`, at a time. */
  put(line: string, ms: number): void;
}

/** A sample of an answer of PromQL, with the labels as series have them. */
interface AnsweredSample {
  readonly labels: SeriesLabels;
  readonly value: number | Histogram;
}

interface Waiting {
  readonly labels: SeriesLabels;
  readonly points: readonly Point[];
  next: number;
}

/** Throws invalid_argument when a series of the test cannot be read. */
export function createUnitTestStore(test: UnitTest, evaluationIntervalMs: number): UnitTestStore {
  const source = createMemorySource();
  const engine = createEngine({ defaultSubqueryStepMs: evaluationIntervalMs });
  const waiting = test.inputSeries.map(({ series, values }) => readSeries(series, values));
  const answers = test.answers.map((answer) => ({ ...answer, ...readSeries(answer.series, answer.values) }));
  const queries = new Map<string, Query>();
  const queryOf = (text: string) => {
    const query = queries.get(text) ?? readQuery(text);
    queries.set(text, query);
    return query;
  };
  return {
    loadUntil(ms) {
      for (const series of waiting) {
        for (; series.next < series.points.length; series.next++) {
          const atMs = test.startMs + series.next * test.intervalMs;
          if (atMs > ms) break;
          const point = series.points[series.next] ?? null;
          if (point !== null) appendOne({ append: source.append }, series.labels, { atMs, value: point });
        }
      }
    },
    put(line, ms) {
      const { labels, points } = readSeries(line, "");
      source.put(labels, ms, points[0] ?? null);
    },
    async append(samples) {
      const refused = samples.flatMap(({ labels, atMs, value }) => {
        const answer = source.append(seriesLabels(labels), atMs, value);
        // Another rule may have ended or continued the same series.
        return answer === "ok" || value === "stale" ? [] : [answer];
      });
      const [first] = refused;
      if (first !== undefined) throw new AppError("failed_precondition", first);
    },
    async instant({ language, text, atMs }, signal) {
      if (language !== "promql") return answersAt(answers, { language, text, atMs }, test);
      const samples = vectorOf(await engine.instant(queryOf(text), atMs, { source, signal }));
      return samples.map(({ labels, value }) => ({ labels: labelsByName(labels), value }));
    },
  };
}

function readSeries(series: string, values: string): Waiting {
  try {
    const { labels, points } = parseSeriesLine(`${series} ${values}`);
    return { labels, points, next: 0 };
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    throw invalid(`cannot read series ${series} ${values}: ${problem}`, thrown);
  }
}

type Append = { readonly append: ReturnType<typeof createMemorySource>["append"] };

function appendOne(
  { append }: Append,
  labels: SeriesLabels,
  { atMs, value }: { atMs: number; value: Exclude<Point, null> },
): void {
  const answer = append(labels, atMs, value);
  if (answer !== "ok") throw new AppError("failed_precondition", `${answer}: ${formatLabels(labels)}`);
}

/** The samples of an answer. Throws where it is no vector and no number. */
function vectorOf({ value }: QueryResult): readonly AnsweredSample[] {
  if (value.kind === "vector") return value.samples;
  if (value.kind === "scalar") return [{ labels: [], value: value.value }];
  throw invalid("rule result is not a vector or scalar");
}

type Answer = QueryAnswer & Waiting;

function answersAt(
  answers: readonly Answer[],
  { language, text, atMs }: Question,
  { startMs, intervalMs }: UnitTest,
): Vector {
  const at = Math.floor((atMs - startMs) / intervalMs);
  return answers.flatMap((answer): readonly VectorElement[] => {
    if (answer.language !== language || answer.query.trim() !== text.trim()) return [];
    const point = answer.points[at] ?? null;
    return point === null || point === "stale" ? [] : [{ labels: labelsByName(answer.labels), value: point }];
  });
}
