import { AppError, invalid } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import {
  LogqlResultType,
  LogqlServiceClient,
  QueryLogqlRequest,
} from "@sightline/proto/sightline/query/v1/logql_service";
import { PromqlServiceClient } from "@sightline/proto/sightline/query/v1/promql_service";
import { QueryTraceqlMetricsRequest, TraceqlServiceClient } from "@sightline/proto/sightline/query/v1/traceql_service";
import { type CallOptions, createClient } from "@sightline/rpc/client";
import type { Question, Vector, VectorElement } from "@sightline/rules/evaluate/queries";
import type { AskInstants } from "./ask-instants.ts";
import { awayOf } from "./away.ts";
import { type BatchLane, createBatchLane } from "./batch-lane.ts";
import { createProbe } from "./probe.ts";
import { createPromqlBatches } from "./promql-batches.ts";
import { labelsOf } from "./promql-samples.ts";
import type { RecentSamples } from "./recent-samples.ts";
import type { RuleQueries } from "./rule-queries.ts";

export interface StorageQueriesOptions {
  /** Of storage: host:port. */
  readonly address: string;
  readonly internalToken: string;
  /** What one query may take. */
  readonly timeoutMs: number;
  /** What rules have recorded just now. */
  readonly recent: Pick<RecentSamples, "usedBy">;
}

export interface StorageQueries extends RuleQueries {
  /** Ends the connections; what is asked fails. */
  close(): void;
}

/** TraceQL says of which spans, not over which time. */
const TRACEQL_WINDOW_MS = 5 * 60_000;

/** How much longer than what is asked a call may take. */
const GRACE_MS = 2000;
/** Storage reads for some expressions of a call after others: it may take so many times what one of them may. */
const TURNS = 3;
/** Expressions of logs and traces of a tenant that are asked at a time: with the calls for metrics storage lets in as many. */
const MAX_OF_RECORDS = 2;
/** … and that wait. */
const MAX_WAITING = 50_000;

/** Asks storage, many expressions of PromQL in one call; connects when first asked. */
export function createStorageQueries({
  address,
  internalToken,
  timeoutMs,
  recent,
}: StorageQueriesOptions): StorageQueries {
  const known = { internalToken, caller: "alerter" };
  const promql = createClient(PromqlServiceClient, address, known);
  const logql = createClient(LogqlServiceClient, address, known);
  const traceql = createClient(TraceqlServiceClient, address, known);
  // Storage has a line for each who asks: this one is not behind what it is to find out about.
  const probing = createClient(PromqlServiceClient, address, { internalToken, caller: "alerter-probe" });
  const askInstants: AskInstants = (tenant, request, signal) =>
    promql.stream("queryPromqlInstants", request, { tenant, deadlineMs: TURNS * request.timeoutMs + GRACE_MS, signal });
  const probe = createProbe((tenant, request, signal) =>
    probing.stream("queryPromqlInstants", request, { tenant, deadlineMs: request.timeoutMs + GRACE_MS, signal }),
  );
  const lanes = new Map<string, BatchLane<Question, Vector>>();
  const batches = createPromqlBatches({ ask: askInstants, probe, recent, timeoutMs });

  async function askLogql({ text, atMs }: Question, call: CallOptions): Promise<Vector> {
    const unixNano = nanosOfMs(atMs);
    const request = { query: text, startUnixNano: unixNano, endUnixNano: unixNano };
    const found: VectorElement[] = [];
    for await (const { type, series } of logql.stream("queryLogql", QueryLogqlRequest.fromPartial(request), call)) {
      if (type === LogqlResultType.STREAMS) throw invalid("cannot evaluate: got lines of logs, want numbers of them");
      found.push(
        ...series.flatMap(({ labels, values }) => values.map((value) => ({ labels: labelsOf(labels), value }))),
      );
    }
    return found;
  }

  async function askTraceql({ text, atMs }: Question, call: CallOptions): Promise<Vector> {
    const range = { startUnixNano: nanosOfMs(atMs - TRACEQL_WINDOW_MS), endUnixNano: nanosOfMs(atMs) };
    const request = { query: text, range, isInstant: true };
    const found: VectorElement[] = [];
    const asked = QueryTraceqlMetricsRequest.fromPartial(request);
    for await (const { series } of traceql.stream("queryTraceqlMetrics", asked, call)) {
      for (const { labels, values } of series) {
        const value = values.at(-1);
        // Where there is none it is NaN.
        if (value === undefined || Number.isNaN(value)) continue;
        found.push({ labels: labelsOf(labels.flatMap(textsOf)), value });
      }
    }
    return found;
  }

  /** One expression in one call. */
  async function askAlone(tenant: string, question: Question, signal: AbortSignal): Promise<Vector> {
    const ask = question.language === "logql" ? askLogql : askTraceql;
    try {
      return await ask(question, { tenant, deadlineMs: timeoutMs, signal });
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (signal.aborted) throw error;
      if (error.code === "deadline_exceeded") throw (await probe(tenant, signal)) ?? error;
      // Storage has too much to do: it is as good as away.
      throw error.retryable ? awayOf(error) : error;
    }
  }

  /** Where a tenant's expressions of logs and traces wait for each other: time counts when it is their turn. */
  function laneOf(tenant: string): BatchLane<Question, Vector> {
    const known = lanes.get(tenant);
    if (known !== undefined) return known;
    const lane = createBatchLane<Question, Vector>({
      ...{
        gatherMs: 0,
        maxQuestions: 1,
        maxSize: 1,
        sizeOf: () => 1,
        maxCalls: MAX_OF_RECORDS,
        maxWaiting: MAX_WAITING,
      },
      send: async ([one], signal) => {
        if (one !== undefined) await askAlone(tenant, one.question, signal).then(one.resolve, one.reject);
      },
      idle: () => lanes.delete(tenant),
    });
    lanes.set(tenant, lane);
    return lane;
  }

  return {
    instant(tenant, question, signal) {
      if (question.language === "promql") return batches.instant(tenant, question, signal);
      return laneOf(tenant).ask(question, signal);
    },
    close() {
      for (const client of [promql, probing, logql, traceql]) client.close();
    },
  };
}

function textsOf({ key, value }: KeyValue): readonly string[] {
  return [key, String(value?.value?.value ?? "")];
}
