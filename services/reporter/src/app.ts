import { connectBus } from "@sightline/bus/connect";
import { ensureStreams } from "@sightline/bus/streams";
import { migrate } from "@sightline/postgres/migrate";
import { createPool } from "@sightline/postgres/pool";
import { ReportServiceService } from "@sightline/proto/sightline/report/v1/report_service";
import { createGrpcServer } from "@sightline/rpc/server";
import type { Deps } from "@sightline/service/deps";
import { rpcServerDuration } from "@sightline/service/metrics";
import { createClients } from "./clients.ts";
import type { Config } from "./config.ts";
import { createMetrics } from "./metrics.ts";
import { createAnnounce } from "./reports/announce.ts";
import { createReportHandlers } from "./reports/handlers.ts";

/** Wires the reporter: what it asks first, its door last. */
export async function start(config: Config, deps: Deps): Promise<void> {
  const { log, lifecycle, readiness, clock, signal } = deps;
  const metrics = createMetrics(deps.metrics);

  const pool = createPool(config.postgres, { log });
  lifecycle.push("postgres", pool.close);
  await migrate(pool, log);
  readiness.add("postgres", () => pool.ping().then(() => true));

  const bus = await connectBus({ url: config.nats.url, name: "reporter", log, signal });
  lifecycle.push("bus", bus.close);
  await ensureStreams(bus, config.nats);
  readiness.add("bus", bus.isConnected);

  const { storage, analyzer, alerter } = config;
  const addresses = { storage: storage.address, analyzer: analyzer.address, alerter: alerter.address };
  const clients = createClients(addresses, config.internalToken.reveal());
  lifecycle.push("clients", () => {
    for (const client of Object.values(clients)) client.close();
  });

  const grpc = createGrpcServer({
    host: config.bind,
    port: config.grpcPort,
    log,
    metrics: rpcServerDuration(deps.metrics),
  });
  grpc.addService(
    ReportServiceService,
    createReportHandlers({
      internalToken: config.internalToken.reveal(),
      sql: pool,
      clients,
      announce: createAnnounce(bus, clock),
      clock,
      log,
      made: (seconds) => metrics.reportDuration.observe(seconds),
    }),
  );
  await grpc.listen();
  lifecycle.push("grpc", () => grpc.close(5000));
}
