import type { RangeQuestion, RangeSeries, RangeSource } from "@sightline/backtest/range-queries";
import { AppError, invalid } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import { QueryLogqlRequest, type QueryLogqlResponse } from "@sightline/proto/sightline/query/v1/logql_service";
import type { QueryPromqlRequest, QueryPromqlResponse } from "@sightline/proto/sightline/query/v1/promql_service";
import type { CallOptions } from "@sightline/rpc/client";
import { labelsOf } from "../rule-groups/promql-samples.ts";
import type { RuleQueries } from "../rule-groups/rule-queries.ts";

/** What storage is asked. */
export interface RangeCalls {
  promql(request: QueryPromqlRequest, options: CallOptions): AsyncIterable<Pick<QueryPromqlResponse, "series">>;
  logql(request: QueryLogqlRequest, options: CallOptions): AsyncIterable<Pick<QueryLogqlResponse, "series">>;
}

export interface StorageRangesOptions {
  readonly calls: RangeCalls;
  readonly queries: Pick<RuleQueries, "instant">;
  /** What one question may take. */
  readonly timeoutMs: number;
  /** Samples of one answer; beyond them less is asked at once. */
  readonly maxSamples: number;
}

/** Answers what rules of a tenant ask from storage. */
export function createStorageRanges(tenant: string, options: StorageRangesOptions): RangeSource {
  const { queries, timeoutMs, maxSamples } = options;
  return {
    instant: (question, signal) => queries.instant(tenant, question, signal),
    async range(question, signal) {
      const found: RangeSeries[] = [];
      let samples = 0;
      try {
        for await (const series of seriesOf(question, options.calls, { tenant, deadlineMs: timeoutMs, signal })) {
          samples += series.timesMs.length;
          if (samples > maxSamples) throw tooMuch(`got more than ${maxSamples} samples, want fewer`);
          found.push(series);
        }
      } catch (thrown) {
        const error = AppError.from(thrown);
        // Less of it may be answered in time.
        if (error.code === "deadline_exceeded" && !signal.aborted) throw tooMuch(error.message);
        throw error;
      }
      return found;
    },
  };
}

function tooMuch(message: string): AppError {
  return new AppError("resource_exhausted", message);
}

async function* seriesOf(question: RangeQuestion, calls: RangeCalls, call: CallOptions): AsyncIterable<RangeSeries> {
  const { language, text, startMs, endMs, stepMs } = question;
  switch (language) {
    case "promql": {
      const range = { startUnixMs: BigInt(startMs), endUnixMs: BigInt(endMs), stepMs: BigInt(stepMs) };
      const times = { $case: "range", value: range } as const;
      const request = { query: text, times, lookbackMs: 0n, withStatistics: false };
      for await (const { series } of calls.promql(request, call)) {
        for (const { labels, unixMs, values, histograms } of series) {
          yield { labels: labelsOf(labels), timesMs: unixMs, values };
          // That there is one is all that alerts ask of histograms.
          if (histograms.length === 0) continue;
          const timesMs = histograms.map((histogram) => histogram.unixMs);
          yield { labels: labelsOf(labels), timesMs, values: timesMs.map(() => 0) };
        }
      }
      return;
    }
    case "logql": {
      const times = { startUnixNano: nanosOfMs(startMs), endUnixNano: nanosOfMs(endMs), stepNanos: nanosOfMs(stepMs) };
      for await (const { series } of calls.logql(QueryLogqlRequest.fromPartial({ query: text, ...times }), call)) {
        for (const { labels, unixMs, values } of series) yield { labels: labelsOf(labels), timesMs: unixMs, values };
      }
      return;
    }
    case "traceql":
      throw invalid("cannot ask for a range: got TraceQL, want PromQL or LogQL");
  }
}
