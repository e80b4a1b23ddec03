import { AppError } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import type { TraceQueryParameters } from "@sightline/proto/jaeger/api_v2/query";
import { QueryServiceService as QueryServiceV2 } from "@sightline/proto/jaeger/api_v2/query";
import { QueryServiceService as QueryServiceV3 } from "@sightline/proto/jaeger/api_v3/query_service";
import { type CallContext, unary } from "@sightline/rpc/handlers";
import type { AdmitForwarded, GrpcServer } from "@sightline/rpc/server";
import { serverStream } from "@sightline/rpc/streams";
import type { StorageCall } from "../http/storage-call.ts";
import type { JaegerContext } from "./context.ts";
import { listDependencies } from "./dependencies.ts";
import { findTraces, readTrace } from "./find-traces.ts";
import { jaegerSpans } from "./jaeger-span.ts";
import { listOperations, listServices } from "./operations.ts";
import { rangeOf, type TraceQuery, traceIdOf } from "./trace-query.ts";

/** Spans of a message of the second API. */
const SPANS_PER_CHUNK = 500;

/** Adds `jaeger.api_v2.QueryService` and `jaeger.api_v3.QueryService`. */
export function addJaegerServices(server: GrpcServer, context: JaegerContext, admit: AdmitForwarded): void {
  const callOf = createCallOf(admit);
  server.addService(QueryServiceV2, {
    getTrace: serverStream(async function* ({ traceId, startTime, endTime }, call) {
      const asked = { traceId: traceIdOf(traceId.toString("hex")), range: timesOf(startTime, endTime, context) };
      const trace = await readTrace(asked, await callOf(call), context);
      yield* chunksOf(jaegerSpans(trace.resourceSpans));
    }),
    findTraces: serverStream(async function* ({ query }, call) {
      for await (const { resourceSpans } of findTraces(
        queryOf(query, query?.tags, context),
        await callOf(call),
        context,
      )) {
        yield* chunksOf(jaegerSpans(resourceSpans));
      }
    }),
    getServices: unary(async (_request, call) => ({ services: await listServices(await callOf(call), context) })),
    getOperations: unary(async ({ service, spanKind }, call) => {
      const operations = await listOperations({ service, kind: spanKind }, await callOf(call), context);
      return { operations, operationNames: [...new Set(operations.map(({ name }) => name))] };
    }),
    getDependencies: unary(async (request, call) => {
      const links = await listDependencies(daysOf(request, context), await callOf(call), context);
      return { dependencies: links.map((link) => ({ ...link, source: "" })) };
    }),
  });
  server.addService(QueryServiceV3, {
    getTrace: serverStream(async function* ({ traceId, startTime, endTime }, call) {
      const asked = { traceId: traceIdOf(traceId), range: timesOf(startTime, endTime, context) };
      const { resourceSpans } = await readTrace(asked, await callOf(call), context);
      yield { resourceSpans };
    }),
    findTraces: serverStream(async function* ({ query }, call) {
      if (query !== undefined && query.filter.length > 0) {
        throw new AppError("unimplemented", "cannot use the field filter: structured filters are not supported");
      }
      const asked = queryOf(query, query?.attributes, context);
      for await (const { resourceSpans } of findTraces(asked, await callOf(call), context)) yield { resourceSpans };
    }),
    getServices: unary(async (_request, call) => ({ services: await listServices(await callOf(call), context) })),
    getOperations: unary(async ({ service, spanKind }, call) => {
      const operations = await listOperations({ service, kind: spanKind }, await callOf(call), context);
      return { operations };
    }),
    getDependencies: unary(async (request, call) => ({
      dependencies: await listDependencies(daysOf(request, context), await callOf(call), context),
    })),
  });
}

/** None of Jaeger's methods changes anything, whatever their names. */
function createCallOf(admit: AdmitForwarded) {
  return async (call: CallContext): Promise<StorageCall> => {
    const { tenant = "", deadlineMs = 60_000 } = await admit(call, "searchTraceql");
    return { tenant, deadlineMs, signal: call.signal };
  };
}

function* chunksOf<T>(spans: Iterable<T>): Generator<{ spans: T[] }> {
  let chunk: T[] = [];
  for (const span of spans) {
    chunk.push(span);
    if (chunk.length < SPANS_PER_CHUNK) continue;
    yield { spans: chunk };
    chunk = [];
  }
  if (chunk.length > 0) yield { spans: chunk };
}

/** As protobuf has times and durations. */
interface ProtoTime {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** Nanoseconds; undefined for what is not given, which clients of Go give as the year 1. */
function nanosOf(time: ProtoTime | undefined): bigint | undefined {
  if (time === undefined || time.seconds < 0n) return undefined;
  const nanos = time.seconds * 1_000_000_000n + BigInt(time.nanos);
  return nanos === 0n ? undefined : nanos;
}

function timesOf(start: ProtoTime | undefined, end: ProtoTime | undefined, { clock }: JaegerContext) {
  const [startNano, endNano] = [nanosOf(start), nanosOf(end)];
  return startNano === undefined && endNano === undefined ? undefined : rangeOf(startNano, endNano, clock());
}

const DAY_MS = 24 * 3_600_000;

/** The time that dependencies are asked of; without one the last day. */
function daysOf(
  { startTime, endTime }: { readonly startTime: ProtoTime | undefined; readonly endTime: ProtoTime | undefined },
  { clock }: JaegerContext,
) {
  const end = nanosOf(endTime) ?? nanosOfMs(clock());
  const start = nanosOf(startTime) ?? end - nanosOfMs(DAY_MS);
  return { startMs: Number(start / 1_000_000n), endMs: Number(end / 1_000_000n) };
}

type QueryFields = Pick<
  TraceQueryParameters,
  "serviceName" | "operationName" | "startTimeMin" | "startTimeMax" | "durationMin" | "durationMax" | "searchDepth"
>;

function queryOf(
  query: QueryFields | undefined,
  tags: Readonly<Record<string, string>> | undefined,
  { clock }: JaegerContext,
): TraceQuery {
  return {
    service: query?.serviceName ?? "",
    operation: query?.operationName ?? "",
    tags: tags ?? {},
    range: rangeOf(nanosOf(query?.startTimeMin), nanosOf(query?.startTimeMax), clock()),
    minDurationNano: nanosOf(query?.durationMin) ?? 0n,
    maxDurationNano: nanosOf(query?.durationMax) ?? 0n,
    limit: Math.max(0, query?.searchDepth ?? 0),
  };
}
