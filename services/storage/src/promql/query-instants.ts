import { invalid } from "@sightline/errors/app-error";
import type {
  PromqlInstant,
  PromqlInstantSample,
  PromqlNativeHistogram,
  QueryPromqlInstantsRequest,
} from "@sightline/proto/sightline/query/v1/promql_service";
import {
  PromqlInstantAnswer,
  PromqlResetHint,
  QueryPromqlInstantsResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import type { Histogram, ResetHint } from "@sightline/query/promql/histogram/histogram";
import { type Labels, noLabels } from "@sightline/query/promql/labels";
import type { ResultValue } from "@sightline/query/promql/result";
import { statusOf } from "@sightline/rpc/handlers";
import type { ReadContext } from "../query/reader.ts";
import type { MetricSeries } from "./metric-series.ts";
import { flat, type PromqlOptions } from "./query-promql.ts";
import type { QueryTexts } from "./query-texts.ts";
import { createReadTimes } from "./read-time.ts";
import { createWithRecorded } from "./recorded-samples.ts";
import { createSharedSource } from "./shared-source.ts";

/** How many expressions are asked at once … */
const MAX_INSTANTS = 1000;
/** … and how many characters they have. */
const MAX_CHARACTERS = 1_000_000;
const MAX_RECORDED = 100_000;
/** How many samples a message has before the next one begins. */
const SAMPLES_PER_MESSAGE = 50_000;

export interface QueryInstantsOptions extends PromqlOptions {
  readonly texts: QueryTexts;
  readonly series: MetricSeries;
}

/**
 * Evaluates many expressions of a tenant, each at its time. Every one is answered, by samples or by why there are none, as soon as its answer
 * is there: one that is slow holds up no other. How long one takes counts from when something is read for it, however many are before it.
 */
export function queryPromqlInstants(options: QueryInstantsOptions) {
  return async function* (
    { instants, timeoutMs, recorded }: QueryPromqlInstantsRequest,
    { tenant, signal }: ReadContext,
  ): AsyncGenerator<QueryPromqlInstantsResponse> {
    assertBounded(instants);
    if (recorded.length > MAX_RECORDED) {
      throw invalid(`cannot take recorded samples: got ${recorded.length}, want at most ${MAX_RECORDED}`);
    }
    const times = createReadTimes(timeoutMs, signal);
    const shared = createSharedSource({ ...options, tenant });
    const withRecorded = createWithRecorded(recorded);
    const evaluate = async (instant: PromqlInstant, index: number): Promise<PromqlInstantAnswer> => {
      const time = times();
      try {
        const query = options.texts.read(instant.query);
        // Not before all are read, which may take a while: what is asked for in the same moment is read together.
        await Promise.resolve();
        const source = withRecorded(shared.of(time));
        const run = { source, signal: time.signal };
        const { value } = await options.engine.instant(query, Number(instant.unixMs), run);
        return PromqlInstantAnswer.create({ index, samples: samplesOf(value) });
      } catch (thrown) {
        const { code, details } = statusOf(time.isOver() ? time.signal.reason : thrown);
        return PromqlInstantAnswer.create({ index, problem: { code, message: details } });
      } finally {
        time.end();
      }
    };
    for await (const answers of asTheyCome(instants.map(evaluate))) {
      signal.throwIfAborted();
      yield* messagesOf(answers);
    }
  };
}

/** What promises resolve with, those that are there at about the same time together. None of them may reject. */
async function* asTheyCome<T>(promises: readonly Promise<T>[]): AsyncGenerator<T[], undefined> {
  let come: T[] = [];
  let next = Promise.withResolvers<void>();
  for (const promise of promises) {
    void promise.then((value) => {
      come.push(value);
      next.resolve();
    });
  }
  for (let left = promises.length; left > 0; ) {
    await next.promise;
    // Those that were waiting for the same samples are there in a moment.
    await new Promise((resolve) => setImmediate(resolve));
    const these = come;
    come = [];
    next = Promise.withResolvers<void>();
    left -= these.length;
    yield these;
  }
}

function assertBounded(instants: readonly PromqlInstant[]): void {
  if (instants.length === 0 || instants.length > MAX_INSTANTS) {
    throw invalid(`cannot evaluate the expressions: got ${instants.length}, want 1 to ${MAX_INSTANTS}`);
  }
  const characters = instants.reduce((sum, { query }) => sum + query.length, 0);
  if (characters > MAX_CHARACTERS) {
    throw invalid(`cannot evaluate the expressions: got ${characters} characters, want at most ${MAX_CHARACTERS}`);
  }
}

function samplesOf(value: ResultValue): PromqlInstantSample[] {
  switch (value.kind) {
    case "vector":
      return value.samples.map((sample) => sampleOf(sample.labels, sample.value));
    case "scalar":
      return [sampleOf(noLabels, value.value)];
    default: {
      const got = value.kind === "matrix" ? "a range vector" : "a string";
      throw invalid(`cannot evaluate at one time: got ${got}, want an instant vector or a scalar`);
    }
  }
}

function sampleOf(labels: Labels, value: number | Histogram): PromqlInstantSample {
  const names = flat(labels);
  if (typeof value === "number") return { labels: names, value, histogram: undefined };
  return { labels: names, value: 0, histogram: histogramOf(value) };
}

const HINTS: Readonly<Record<ResetHint, PromqlResetHint>> = {
  unknown: PromqlResetHint.UNSPECIFIED,
  reset: PromqlResetHint.RESET,
  not_reset: PromqlResetHint.NOT_RESET,
  gauge: PromqlResetHint.GAUGE,
};

function histogramOf({ positive, negative, bounds, hint, ...numbers }: Histogram): PromqlNativeHistogram {
  return {
    ...numbers,
    positiveIndexes: [...positive.indexes],
    positiveCounts: [...positive.counts],
    negativeIndexes: [...negative.indexes],
    negativeCounts: [...negative.counts],
    bounds: [...(bounds ?? [])],
    hint: HINTS[hint],
  };
}

/** Answers over as many messages as they need, long ones in pieces. */
function* messagesOf(answers: readonly PromqlInstantAnswer[]): Generator<QueryPromqlInstantsResponse> {
  let message = QueryPromqlInstantsResponse.create();
  let room = SAMPLES_PER_MESSAGE;
  for (const answer of answers) {
    let { samples } = answer;
    while (samples.length > room) {
      message.answers.push({ ...answer, samples: samples.slice(0, room), goesOn: true });
      samples = samples.slice(room);
      yield message;
      message = QueryPromqlInstantsResponse.create();
      room = SAMPLES_PER_MESSAGE;
    }
    message.answers.push({ ...answer, samples });
    room -= samples.length;
  }
  yield message;
}
