import { AppError } from "@sightline/errors/app-error";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import { LogqlServiceClient, QueryLogqlRequest } from "@sightline/proto/sightline/query/v1/logql_service";
import {
  type PromqlSeries,
  PromqlServiceClient,
  QueryPromqlRequest,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { QueryTraceqlMetricsRequest, TraceqlServiceClient } from "@sightline/proto/sightline/query/v1/traceql_service";
import { createHistogram } from "@sightline/query/promql/histogram/histogram";
import { type CallOptions, createClient } from "@sightline/rpc/client";
import type { Question, Vector, VectorElement } from "@sightline/rules/evaluate/queries";
import type { RuleQueries } from "./rule-queries.ts";

export interface StorageQueriesOptions {
  /** Of storage: host:port. */
  readonly address: string;
  readonly internalToken: string;
  /** What one query may take. */
  readonly timeoutMs: number;
}

export interface StorageQueries extends RuleQueries {
  /** Ends the connections; what is asked fails. */
  close(): void;
}

/** TraceQL says of which spans, not over which time. */
const TRACEQL_WINDOW_MS = 5 * 60_000;

/** Asks storage; connects when first asked. */
export function createStorageQueries({ address, internalToken, timeoutMs }: StorageQueriesOptions): StorageQueries {
  const promql = createClient(PromqlServiceClient, address, { internalToken });
  const logql = createClient(LogqlServiceClient, address, { internalToken });
  const traceql = createClient(TraceqlServiceClient, address, { internalToken });

  async function askPromql({ text, atMs }: Question, call: CallOptions): Promise<Vector> {
    const times = { $case: "unixMs" as const, value: BigInt(atMs) };
    const found: VectorElement[] = [];
    for await (const { series } of promql.stream(
      "queryPromql",
      QueryPromqlRequest.fromPartial({ query: text, times }),
      call,
    )) {
      found.push(...series.flatMap(promqlElements));
    }
    return found;
  }

  async function askLogql({ text, atMs }: Question, call: CallOptions): Promise<Vector> {
    const unixNano = BigInt(atMs) * 1_000_000n;
    const request = { query: text, startUnixNano: unixNano, endUnixNano: unixNano };
    const found: VectorElement[] = [];
    for await (const { series } of logql.stream("queryLogql", QueryLogqlRequest.fromPartial(request), call)) {
      found.push(...series.flatMap(({ labels, values }) => elementOf(labels, values.at(-1))));
    }
    return found;
  }

  async function askTraceql({ text, atMs }: Question, call: CallOptions): Promise<Vector> {
    const [startUnixNano, endUnixNano] = [atMs - TRACEQL_WINDOW_MS, atMs].map((ms) => BigInt(ms) * 1_000_000n);
    const request = { query: text, range: { startUnixNano, endUnixNano }, isInstant: true };
    const found: VectorElement[] = [];
    const asked = QueryTraceqlMetricsRequest.fromPartial(request);
    for await (const { series } of traceql.stream("queryTraceqlMetrics", asked, call)) {
      found.push(...series.flatMap(({ labels, values }) => elementOf(labels.flatMap(textsOf), values.at(-1))));
    }
    return found;
  }

  const languages = { promql: askPromql, logql: askLogql, traceql: askTraceql };
  return {
    async instant(tenant, question, signal) {
      try {
        return await languages[question.language](question, { tenant, deadlineMs: timeoutMs, signal });
      } catch (thrown) {
        throw answerOf(AppError.from(thrown), signal);
      }
    },
    close() {
      for (const client of [promql, logql, traceql]) client.close();
    },
  };
}

/** Storage that has too much to do, or that does not answer in time, is as good as away. */
function answerOf(error: AppError, signal: AbortSignal): AppError {
  if (signal.aborted || !error.retryable || error.code === "unavailable") return error;
  return new AppError("unavailable", error.message, { cause: error });
}

function promqlElements({ labels, values, histograms }: PromqlSeries): readonly VectorElement[] {
  const [histogram] = histograms;
  if (histogram === undefined) return elementOf(labels, values.at(-1));
  const { count, sum } = histogram;
  return elementOf(labels, 0).map((element) => ({ ...element, value: createHistogram({ count, sum }) }));
}

/** @param names names and values by turns */
function elementOf(names: readonly string[], value: number | undefined): readonly VectorElement[] {
  if (value === undefined || Number.isNaN(value)) return [];
  const labels: Record<string, string> = {};
  for (let at = 0; at < names.length; at += 2) labels[names[at] ?? ""] = names[at + 1] ?? "";
  return [{ labels, value }];
}

function textsOf({ key, value }: KeyValue): readonly string[] {
  return [key, String(value?.value?.value ?? "")];
}
