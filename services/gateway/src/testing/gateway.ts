import { createApiKey, type Scope } from "@sightline/auth/api-key";
import { connectBus } from "@sightline/bus/connect";
import { ensureStreams } from "@sightline/bus/streams";
import { AppError } from "@sightline/errors/app-error";
import { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { LogqlServiceService, QueryLogqlResponse } from "@sightline/proto/sightline/query/v1/logql_service";
import {
  LogRecord,
  QueryMetricsResponse,
  QueryServiceService,
  SearchLogsResponse,
  TraceSummary,
} from "@sightline/proto/sightline/query/v1/query_service";
import {
  KeptRecords,
  RetentionServiceService,
  RetentionState,
} from "@sightline/proto/sightline/retention/v1/retention_service";
import { internalUnary, unary } from "@sightline/rpc/handlers";
import { createGrpcServer } from "@sightline/rpc/server";
import { internalStream, serverStream } from "@sightline/rpc/streams";
import { freePort } from "@sightline/testkit/free-port";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats, startRedis } from "@sightline/testkit/servers";
import { startService } from "@sightline/testkit/start-service";
import { testDatabase } from "@sightline/testkit/test-database";
import type { z } from "zod";
import { start } from "../app.ts";
import { config } from "../config.ts";

/** What services know each other by. */
export const internalToken = "internal-token-of-the-test";

export const password = "correct horse battery staple";

const unimplemented = unary(async () => {
  throw new AppError("unimplemented", "not part of this test");
});
const unimplementedStream = serverStream((): AsyncIterable<never> => {
  throw new AppError("unimplemented", "not part of this test");
});

/** The one line that the storage finds by LogQL, whatever is asked for. */
export const storedLine = { unixNano: 1_700_000_000_000_000_000n, text: "the one that is stored" };

/**
 * A storage that knows one event, whose source, category and title say what was asked for, one log record, whose
 * severity does, one line and one metric.
 */
async function startStorage(port: number) {
  const internal = internalUnary(internalToken);
  const server = createGrpcServer({ host: "127.0.0.1", port, log: quietLog });
  server.addService(QueryServiceService, {
    searchEvents: internal(async ({ filters }, { tenant }) => {
      if (filters?.searchText === "outage")
        throw new AppError("unavailable", "the database is away", { retryAfterMs: 3000 });
      const event = SystemEvent.fromPartial({
        eventId: "01890a5d-ac96-774b-bcce-b302099a8057",
        timeUnixNano: 1_700_000_000_123_456_789n,
        eventType: "test",
        severity: 4,
        source: tenant,
        title: filters?.searchText ?? "",
        category: filters?.categories[0] ?? "",
        details: '{"depth":{"of":3}}',
        healthScore: 99.5,
      });
      return { events: [event], totalCount: 1n, nextCursor: "" };
    }),
    getEvent: unimplemented,
    getEventStatistics: unimplemented,
    searchLogs: internal(async ({ minSeverityNumber, attributes }) => {
      const record = LogRecord.fromPartial({ severityNumber: minSeverityNumber, body: "refused", attributes });
      return SearchLogsResponse.fromPartial({ records: [record], totalCount: 1n });
    }),
    searchTraces: internal(async ({ service }) => ({
      traces: [TraceSummary.fromPartial({ rootService: service })],
      nextCursor: "",
    })),
    getTrace: unimplemented,
    queryMetrics: internal(async ({ metric }) => {
      const one = { labels: { path: 'a "quoted" \\ path' }, timesUnixMs: [1000n, 2000n], values: [1, 12.5] };
      return QueryMetricsResponse.fromPartial({ series: metric === "system_disk_usage_percent" ? [one] : [] });
    }),
    listMetrics: unimplemented,
    listServices: internal(async (_request: object) => ({ services: [] })),
    getStorageStatistics: internal(async (_request: object) => ({
      tables: [],
      lags: [],
      diskUsedRatio: 0.5,
      diskIsFull: false,
    })),
    getStorageState: internal(async (_request: object) => ({ diskIsFull: false })),
    exportEvents: unimplementedStream,
    exportLogs: unimplementedStream,
    exportTraces: unimplementedStream,
    exportMetrics: unimplementedStream,
  });
  server.addService(LogqlServiceService, {
    queryLogql: internalStream(internalToken)(async function* () {
      const lines = [{ ...storedLine, metadata: [], parsed: [] }];
      yield QueryLogqlResponse.fromPartial({
        streams: [{ labels: ["detected_level", "unknown", "service_name", "shop"], lines }],
      });
    }),
    listStreams: unimplemented,
    listStreamLabels: unimplemented,
    listStreamLabelValues: unimplemented,
    countStreams: unimplemented,
    queryVolume: unimplemented,
    listDetectedLabels: unimplemented,
    listDetectedFields: unimplemented,
    listDetectedFieldValues: unimplemented,
    listPatterns: unimplemented,
  });
  const kept = (kind: string, days: number) =>
    KeptRecords.fromPartial({ kind, days, defaultDays: 90, appliedDays: 90, state: RetentionState.PENDING, rows: 7n });
  server.addService(RetentionServiceService, {
    getRetention: internal(async (_request: object) => ({ kinds: [kept("logs", 90)] })),
    setRetention: internal(async ({ changes }) => ({ kinds: changes.map(({ kind, days }) => kept(kind, days)) })),
  });
  await server.listen();
  return server;
}

/** A whole gateway on real Postgres, Redis and NATS, with a storage behind it, and what else the configuration says. */
export async function startGateway(more: Pick<z.input<typeof config>, "alerter" | "seal"> = {}) {
  const closers = new AsyncDisposableStack();
  try {
    const [nats, redis, postgres] = await Promise.all([startNats(), startRedis(), testDatabase()]);
    for (const server of [nats, redis, postgres]) closers.use(server);
    const bus = await connectBus({ url: nats.url, name: "test", log: quietLog });
    closers.defer(() => bus.close());
    await ensureStreams(bus, { diskBudgetBytes: 100_000_000, replicas: 1 });

    const [httpPort, grpcPort, storagePort] = [await freePort(), await freePort(), await freePort()];
    const storage = await startStorage(storagePort);
    closers.defer(() => storage.close(1000));

    const keys = Object.fromEntries(
      (["ingest", "query", "admin"] as const).map((scope: Scope) => [scope, createApiKey(scope).key]),
    );
    const gateway = await startService({
      start,
      config: config.parse({
        httpPort,
        grpcPort,
        internalToken,
        nats: { url: nats.url },
        postgres: { url: postgres.url },
        redis: { url: redis.url },
        storage: { address: `127.0.0.1:${storagePort}` },
        admin: { username: "admin", password },
        bootstrapKeys: Object.entries(keys).map(([scope, key]) => ({ name: scope, key, scopes: [scope] })),
        pageDir: "/nonexistent",
        live: { pingIntervalMs: 500 },
        ...more,
      }),
    });
    closers.use(gateway);
    const url = `http://127.0.0.1:${httpPort}`;
    return {
      url,
      streamUrl: `ws://127.0.0.1:${httpPort}/v1/stream`,
      grpcAddress: `127.0.0.1:${grpcPort}`,
      bus,
      postgresUrl: postgres.url,
      key: (scope: Scope) => keys[scope] ?? "",
      /** What a counter has counted. */
      counted: async (name: string) => (await gateway.deps.metrics.getSingleMetric(name)?.get())?.values ?? [],
      /** A request with a key. */
      get: (path: string, scope: Scope = "query") =>
        fetch(url + path, { headers: { authorization: `Bearer ${keys[scope]}` } }),
      post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
        fetch(url + path, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      [Symbol.asyncDispose]: () => closers.disposeAsync(),
    };
  } catch (error) {
    await closers.disposeAsync();
    throw error;
  }
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;
