import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connectBus } from "@sightline/bus/connect";
import { subscribeLive } from "@sightline/bus/live";
import { AppError } from "@sightline/errors/app-error";
import { AnalysisServiceService, HealthStatus } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { EventBatch, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import {
  GetEventStatisticsResponse,
  QueryMetricsResponse,
  QueryServiceService,
  SearchLogsResponse,
} from "@sightline/proto/sightline/query/v1/query_service";
import { ReportFormat, ReportKind, ReportServiceClient } from "@sightline/proto/sightline/report/v1/report_service";
import {
  KeptRecords,
  RetentionServiceService,
  RetentionState,
} from "@sightline/proto/sightline/retention/v1/retention_service";
import { createClient } from "@sightline/rpc/client";
import { internalUnary, unary } from "@sightline/rpc/handlers";
import { createGrpcServer } from "@sightline/rpc/server";
import { serverStream } from "@sightline/rpc/streams";
import { eventually } from "@sightline/testkit/eventually";
import { freePort } from "@sightline/testkit/free-port";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { startService } from "@sightline/testkit/start-service";
import { testDatabase } from "@sightline/testkit/test-database";
import { start } from "./app.ts";
import { comprehensiveReport } from "./comprehensive/report.ts";
import { config } from "./config.ts";
import { healthReport } from "./health/report.ts";

const internalToken = "internal-token-of-the-test";

const unimplemented = unary(async () => {
  throw new AppError("unimplemented", "not part of this test");
});
const unimplementedStream = serverStream((): AsyncIterable<never> => {
  throw new AppError("unimplemented", "not part of this test");
});

/** A storage of known contents, which can be away; and an analyzer with one target. */
async function startBackends(ports: { storage: number; analyzer: number }) {
  const state = { away: false };
  const internal = internalUnary(internalToken);
  const answering = <T>(answer: T) =>
    internal(async () => {
      if (state.away) throw new AppError("unavailable", "the database is away");
      return answer;
    });
  const storage = createGrpcServer({ host: "127.0.0.1", port: ports.storage, log: quietLog });
  storage.addService(QueryServiceService, {
    searchEvents: answering({
      events: [SystemEvent.fromPartial({ timeUnixNano: 1n, severity: 5, eventType: "outage", title: "it broke" })],
      totalCount: 1n,
      nextCursor: "",
    }),
    getEventStatistics: answering(
      GetEventStatisticsResponse.fromPartial({ totalCount: 7n, bySeverity: [{ value: "critical", count: 7n }] }),
    ),
    searchLogs: answering(
      SearchLogsResponse.fromPartial({
        totalCount: 50n,
        timeline: [{ startUnixNano: 1n, count: 50n, errorCount: 4n }],
      }),
    ),
    queryMetrics: internal(async ({ metric }) => {
      if (metric !== "sightline_fleet_health_score") return QueryMetricsResponse.fromPartial({});
      return QueryMetricsResponse.fromPartial({ series: [{ timesUnixMs: [1000n, 2000n], values: [100, 50] }] });
    }),
    listServices: answering({ services: [], nextCursor: "" }),
    getEvent: unimplemented,
    searchTraces: unimplemented,
    getTrace: unimplemented,
    listMetrics: unimplemented,
    getStorageStatistics: unimplemented,
    getStorageState: unimplemented,
    exportEvents: unimplementedStream,
    exportLogs: unimplementedStream,
    exportTraces: unimplementedStream,
    exportMetrics: unimplementedStream,
  });
  storage.addService(RetentionServiceService, {
    getRetention: answering({
      kinds: [KeptRecords.fromPartial({ kind: "logs", days: 30, appliedDays: 30, state: RetentionState.APPLIED })],
    }),
    setRetention: unimplemented,
  });
  await storage.listen();
  const analyzer = createGrpcServer({ host: "127.0.0.1", port: ports.analyzer, log: quietLog });
  analyzer.addService(AnalysisServiceService, {
    getFleetHealth: answering({
      fleetHealthScore: 40,
      status: HealthStatus.UNHEALTHY,
      healthySystems: 1,
      totalSystems: 2,
      targets: [
        { target: "web", score: 0, status: HealthStatus.UNHEALTHY, reasons: ["does not answer"], lastSeenUnixNano: 1n },
      ],
      timeUnixNano: 1n,
    }),
    listAnomalies: answering({ anomalies: [] }),
  });
  await analyzer.listen();
  return {
    setAway: (away: boolean) => {
      state.away = away;
    },
    stop: async () => {
      await Promise.all([storage.close(500), analyzer.close(500)]);
    },
  };
}

describe("reporter", () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());

  let backends: Awaited<ReturnType<typeof startBackends>>;
  let reporter: ReturnType<typeof clientOf>;
  const told: SystemEvent[] = [];

  const clientOf = (port: number) => createClient(ReportServiceClient, `127.0.0.1:${port}`, { internalToken });

  before(async () => {
    const [nats, postgres] = await Promise.all([startNats(), testDatabase()]);
    closers.use(nats);
    closers.use(postgres);
    const [storagePort, analyzerPort, alerterPort, grpcPort] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    backends = await startBackends({ storage: storagePort, analyzer: analyzerPort });
    closers.defer(() => backends.stop());
    const service = await startService({
      start,
      config: config.parse({
        grpcPort,
        internalToken,
        nats: { url: nats.url },
        postgres: { url: postgres.url },
        storage: { address: `127.0.0.1:${storagePort}` },
        analyzer: { address: `127.0.0.1:${analyzerPort}` },
        // Nobody is there: alerts are what this report lacks.
        alerter: { address: `127.0.0.1:${alerterPort}` },
      }),
    });
    closers.use(service);
    reporter = clientOf(grpcPort);
    closers.defer(() => reporter.close());
    const bus = await connectBus({ url: nats.url, name: "test", log: quietLog });
    closers.defer(() => bus.close());
    const stop = subscribeLive(bus, {
      subjects: ["report"],
      as: "gateway",
      onMessage: ({ payload }) => void told.push(...EventBatch.decode(payload).events),
    });
    closers.defer(stop);
  });

  const generate = (kind: ReportKind = ReportKind.HEALTH) =>
    reporter.call(
      "generateReport",
      { kind, startUnixNano: 1_000_000_000n, endUnixNano: 9_000_000_000n },
      { tenant: "default" },
    );

  test("a report tells what is known, names what could not be read, and is announced", async () => {
    const { report } = await generate();
    assert.deepEqual(
      [report?.fleetHealthScore, report?.healthySystems, report?.totalSystems],
      [75, 1, 2],
      "the score is the mean of its history",
    );
    const request = { reportId: report?.reportId ?? "", format: ReportFormat.JSON };
    const exported = await reporter.call("exportReport", request, { tenant: "default" });
    assert.equal(exported.contentType, "application/json");
    const document = healthReport.parse(JSON.parse(exported.content.toString()));
    assert.deepEqual(document.time_range, {
      start: "1970-01-01T00:00:01.000000000Z",
      end: "1970-01-01T00:00:09.000000000Z",
    });
    assert.deepEqual(document.logs, { total: 50, errors: 4 });
    assert.equal(document.events.total, 7);
    assert.equal(document.events.worst[0]?.title, "it broke");
    assert.equal(document.missing.length, 1);
    assert.match(document.missing[0] ?? "", /^alerts: cannot reach/);
    await eventually(() => told.some(({ details }) => details.includes(report?.reportId ?? "none")));
  });

  test("the HTML is of the same report, also later", async () => {
    const { report } = await generate();
    const html = { reportId: report?.reportId ?? "", format: ReportFormat.HTML };
    const exported = await reporter.call("exportReport", html, { tenant: "default" });
    assert.equal(exported.contentType, "text/html; charset=utf-8");
    assert.match(exported.fileName, /^sightline-health-1970-01-01-\w+\.html$/);
    assert.match(exported.content.toString(), /1 of 2/);
  });

  const exported = async (reportId: string, format: ReportFormat) =>
    (await reporter.call("exportReport", { reportId, format }, { tenant: "default" })).content.toString();

  test("a request that names no kind means a health report", async () => {
    const { report } = await generate(ReportKind.UNSPECIFIED);
    assert.equal(report?.kind, ReportKind.HEALTH);
    assert.equal(report.fleetHealthScore, 75);
  });

  test("each kind is made, listed with what it comes to, and exported as JSON and HTML", async () => {
    const kinds = [
      [ReportKind.SECURITY, /^7 security events, 1 authentication failure, 0 security alerts$/, "security"],
      [ReportKind.OPERATIONAL, /^0 alerts, 0 incidents, 7 deployment events/, "operational"],
      [ReportKind.COMPLIANCE, /^0 changes, 7 audit events, retention applied, /, "compliance"],
    ] as const;
    for (const [kind, headline, word] of kinds) {
      const { report } = await generate(kind);
      const id = report?.reportId ?? "";
      const { reports } = await reporter.call("listReports", { limit: 1 }, { tenant: "default" });
      assert.deepEqual(reports[0], report);
      assert.equal(report?.kind, kind);
      assert.match(report.headline, headline);
      const document = JSON.parse(await exported(id, ReportFormat.JSON));
      assert.equal(document.kind, word);
      assert.match(document.missing.join(), /: cannot reach/, "what alerter could not say is named");
      const page = await exported(id, ReportFormat.HTML);
      assert.match(page, /not complete/);
      assert.equal(page.match(/<script|<link|@import/i), null);
      await eventually(() => told.some(({ details }) => details.includes(id)));
    }
  });

  test("the comprehensive report has all kinds of one time, and the score of the fleet", async () => {
    const { report } = await generate(ReportKind.COMPREHENSIVE);
    assert.equal(report?.fleetHealthScore, 75);
    const document = comprehensiveReport.parse(JSON.parse(await exported(report.reportId, ReportFormat.JSON)));
    const parts = [document.health, document.security, document.operational, document.compliance];
    assert.deepEqual(
      parts.map(({ kind }) => kind),
      ["health", "security", "operational", "compliance"],
    );
    for (const part of parts) assert.deepEqual(part.time_range, document.time_range);
    assert.equal(document.missing.filter((text) => text.startsWith("alerts:")).length, 1, "named once");
    const page = await exported(report.reportId, ReportFormat.HTML);
    for (const title of ["Fleet health", "Security", "Operations", "Compliance"])
      assert.ok(page.includes(`>${title}</h1>`));
  });

  test("a kind that is not known is refused", async () => {
    await assert.rejects(generate(ReportKind.UNRECOGNIZED), {
      code: "invalid_argument",
      message: /want one of health/,
    });
  });

  test("reports are listed newest first, to their own tenant only", async () => {
    const { report } = await generate();
    const { reports } = await reporter.call("listReports", { limit: 2 }, { tenant: "default" });
    assert.equal(reports[0]?.reportId, report?.reportId);
    assert.equal(reports.length, 2);
    assert.deepEqual((await reporter.call("listReports", { limit: 2 }, { tenant: "other" })).reports, []);
    const theirs = { reportId: report?.reportId ?? "", format: ReportFormat.JSON };
    await assert.rejects(reporter.call("exportReport", theirs, { tenant: "other" }), { code: "not_found" });
  });

  test("without storage there is no report, and the answer says to try again", async () => {
    backends.setAway(true);
    try {
      await assert.rejects(generate(), { code: "unavailable", message: /the database is away/ });
    } finally {
      backends.setAway(false);
    }
  });

  test("a time range that makes no sense is refused", async () => {
    const ask = (startUnixNano: bigint, endUnixNano: bigint) =>
      reporter.call("generateReport", { kind: ReportKind.HEALTH, startUnixNano, endUnixNano }, { tenant: "default" });
    await assert.rejects(ask(9n, 5n), { code: "invalid_argument", message: /want start before end/ });
    await assert.rejects(ask(1n, 10n ** 18n), { code: "invalid_argument", message: /want at most 366/ });
  });
});
