import { AppError, unavailable } from "@sightline/errors/app-error";
import {
  type QueryMetricsRequest,
  type QueryMetricsResponse,
  QueryServiceService,
} from "@sightline/proto/sightline/query/v1/query_service";
import { internalUnary, unary } from "@sightline/rpc/handlers";
import { createGrpcServer } from "@sightline/rpc/server";
import { serverStream } from "@sightline/rpc/streams";
import { quietLog } from "@sightline/testkit/quiet-log";

/** A real gRPC server that answers queries for metrics with what the test says. */
export interface FakeStorage extends AsyncDisposable {
  readonly address: string;
  readonly asked: { readonly tenant: string; readonly request: QueryMetricsRequest }[];
  /** From now on the metric has this newest value; undefined takes it away. */
  set(metric: string, value: number | undefined, labels?: Readonly<Record<string, string>>): void;
  /** Whether it answers at all. */
  setUp(isUp: boolean): void;
}

export async function startFakeStorage(internalToken: string): Promise<FakeStorage> {
  const values = new Map<string, { readonly labels: Readonly<Record<string, string>>; readonly value: number }>();
  const asked: FakeStorage["asked"] = [];
  let up = true;
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
  const answer = (request: QueryMetricsRequest): QueryMetricsResponse => {
    const found = [...values].filter(([key]) => key.startsWith(`${request.metric} `)).map(([, series]) => series);
    const timesUnixMs = [(request.range?.endUnixNano ?? 0n) / 1_000_000n];
    const series = found.map(({ labels, value }) => ({ labels, timesUnixMs, values: [value] }));
    return { series, totalSeries: series.length, stepSeconds: request.stepSeconds };
  };
  const refuse = unary(async () => {
    throw new AppError("unimplemented", "the fake storage knows metrics only");
  });
  const refuseStream = serverStream((): AsyncIterable<never> => {
    throw new AppError("unimplemented", "the fake storage knows metrics only");
  });
  server.addService(QueryServiceService, {
    queryMetrics: internalUnary(internalToken)(async (request: QueryMetricsRequest, { tenant }) => {
      asked.push({ tenant, request });
      if (!up) throw unavailable("cannot query: the database is away");
      return answer(request);
    }),
    searchEvents: refuse,
    getEvent: refuse,
    getEventStatistics: refuse,
    searchLogs: refuse,
    searchTraces: refuse,
    getTrace: refuse,
    listMetrics: refuse,
    listServices: refuse,
    getStorageStatistics: refuse,
    getStorageState: refuse,
    exportEvents: refuseStream,
    exportLogs: refuseStream,
    exportTraces: refuseStream,
    exportMetrics: refuseStream,
  });
  const port = await server.listen();
  return {
    address: `127.0.0.1:${port}`,
    asked,
    set(metric, value, labels = {}) {
      const key = `${metric} ${JSON.stringify(labels)}`;
      if (value === undefined) values.delete(key);
      else values.set(key, { labels, value });
    },
    setUp: (isUp) => {
      up = isUp;
    },
    [Symbol.asyncDispose]: () => server.close(500),
  };
}
