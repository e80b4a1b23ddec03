import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bus, connectBus } from "@sightline/bus/connect";
import { subscribeLive } from "@sightline/bus/live";
import { createPublisher } from "@sightline/bus/publish";
import { ensureStreams } from "@sightline/bus/streams";
import { createEventBuilder } from "@sightline/events/builder";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { AnalysisServiceClient, HealthStatus } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { freePort } from "@sightline/testkit/free-port";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { startService } from "@sightline/testkit/start-service";
import { testDatabase } from "@sightline/testkit/test-database";
import { start } from "./app.ts";
import { config } from "./config.ts";

const internalToken = "internal-token-of-the-test";

/** One gauge value of one host. */
function gauge(metric: string, value: number, timeMs: number): Uint8Array {
  const attribute = (key: string, text: string) => ({
    key,
    value: { value: { $case: "stringValue" as const, value: text } },
  });
  return ExportMetricsServiceRequest.encode(
    ExportMetricsServiceRequest.fromPartial({
      resourceMetrics: [
        {
          resource: { attributes: [attribute("host.name", "host-1")] },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: metric,
                  data: {
                    $case: "gauge",
                    value: {
                      dataPoints: [
                        {
                          timeUnixNano: BigInt(timeMs) * 1_000_000n,
                          attributes: [attribute("queue", "orders")],
                          value: { $case: "asDouble", value },
                        },
                      ],
                    },
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  ).finish();
}

async function startAnalyzer(bus: { url: string }, postgres: { url: string }) {
  const grpcPort = await freePort();
  const analyzer = await startService({
    start,
    config: config.parse({
      grpcPort,
      internalToken,
      nats: { url: bus.url },
      postgres: { url: postgres.url },
      baseline: { minSamples: 20, sampleIntervalMs: 0 },
      health: { scoreIntervalMs: 20 },
    }),
  });
  const client = createClient(AnalysisServiceClient, `127.0.0.1:${grpcPort}`, { internalToken });
  return {
    /** How many samples it has looked at. */
    samples: async () => {
      const counter = await analyzer.deps.metrics.getSingleMetric("sightline_analyzer_samples_total")?.get();
      return counter?.values[0]?.value ?? 0;
    },
    /** How many targets its last round of scoring had. */
    scored: async () => {
      const gauge = await analyzer.deps.metrics.getSingleMetric("sightline_target_health_score")?.get();
      return gauge?.values.length ?? 0;
    },
    health: (tenant: string) => client.call("getFleetHealth", {}, { tenant }),
    anomalies: (tenant: string) =>
      client.call("listAnomalies", { startUnixNano: 0n, endUnixNano: 0n, limit: 0 }, { tenant }),
    stop: async () => {
      client.close();
      await analyzer.stop();
    },
  };
}

/** Publishes as ingest does. */
function publisherOf(bus: Bus) {
  const publishers = {
    metrics: createPublisher(bus, "metrics", { as: "ingest", maxInFlightBytes: 1e6 }),
    events: createPublisher(bus, "events", { as: "ingest", maxInFlightBytes: 1e6 }),
  };
  let sent = 0;
  return async (subject: "metrics" | "events", tenant: string, payload: Uint8Array) => {
    sent += 1;
    await publishers[subject].publish(payload, { tenant, records: 1, msgId: `m${sent}` });
  };
}

test("a metric that leaves its baseline becomes one anomaly, told on the bus and kept, also after a restart", async () => {
  await using nats = await startNats();
  await using postgres = await testDatabase();
  const bus = await connectBus({ url: nats.url, name: "test", log: quietLog });
  await ensureStreams(bus, { diskBudgetBytes: 100_000_000, replicas: 1 });
  const told: SystemEvent[] = [];
  const listener = subscribeLive(bus, {
    subjects: ["anomaly"],
    as: "gateway",
    onMessage: ({ payload }) => void told.push(...EventBatch.decode(payload).events),
  });
  const publish = publisherOf(bus);
  let analyzer = await startAnalyzer(nats, postgres);
  try {
    const now = Date.now();
    for (let index = 0; index < 40; index++) {
      await publish("metrics", "default", gauge("queue_depth", 100 + (index % 4), now - 60_000 + index * 1000));
    }
    // Its experience outlives the process: the fault comes right after a restart.
    await eventually(async () => (await analyzer.samples()) === 40);
    await analyzer.stop();
    analyzer = await startAnalyzer(nats, postgres);
    for (let index = 0; index < 6; index++) {
      await publish("metrics", "default", gauge("queue_depth", 900, now - 10_000 + index * 1000));
    }
    await eventually(async () => (await analyzer.anomalies("default")).anomalies.length > 0);
    const { anomalies } = await analyzer.anomalies("default");
    assert.equal(anomalies.length, 1);
    assert.equal(anomalies[0]?.metric, "queue_depth");
    assert.deepEqual(anomalies[0]?.labels, { "host.name": "host-1", queue: "orders" });
    assert.ok((anomalies[0]?.confidence ?? 0) > 0.5);
    assert.match(anomalies[0]?.evidence ?? "", /3 values in a row outside of .* the newest 900/);
    await eventually(() => told.length > 0);
    assert.equal(told[0]?.eventId, anomalies[0]?.eventId);
    assert.equal(told[0]?.target, "host-1");
    assert.deepEqual((await analyzer.anomalies("somebody-else")).anomalies, []);
  } finally {
    listener();
    await analyzer.stop();
    await bus.close();
  }
});

test("health follows checks, and a change of the fleet's status is told", async () => {
  await using nats = await startNats();
  await using postgres = await testDatabase();
  const bus = await connectBus({ url: nats.url, name: "test", log: quietLog });
  await ensureStreams(bus, { diskBudgetBytes: 100_000_000, replicas: 1 });
  const told: SystemEvent[] = [];
  const listener = subscribeLive(bus, {
    subjects: ["health"],
    as: "gateway",
    onMessage: ({ payload }) => void told.push(...EventBatch.decode(payload).events),
  });
  const publish = publisherOf(bus);
  const analyzer = await startAnalyzer(nats, postgres);
  const events = createEventBuilder({ clock: Date.now });
  const check = async (status: "healthy" | "unhealthy") => {
    const event = events.healthCheck("collector", "web", status);
    await publish("events", "default", EventBatch.encode({ events: [event] }).finish());
  };
  try {
    assert.equal((await analyzer.health("default")).status, HealthStatus.UNSPECIFIED);
    await check("healthy");
    await eventually(async () => (await analyzer.health("default")).healthySystems === 1);
    await eventually(async () => (await analyzer.scored()) === 1);
    await check("unhealthy");
    await eventually(() => told.some(({ title }) => title.startsWith("the fleet is unhealthy: score 0")));
    const health = await analyzer.health("default");
    assert.deepEqual(
      [health.fleetHealthScore, health.status, health.totalSystems, health.targets[0]?.reasons],
      [0, HealthStatus.UNHEALTHY, 1, ["web is unhealthy (−100)"]],
    );
    assert.equal((await analyzer.health("somebody-else")).totalSystems, 0);
  } finally {
    listener();
    await analyzer.stop();
    await bus.close();
  }
});
