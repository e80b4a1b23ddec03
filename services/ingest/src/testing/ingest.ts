import { createApiKey, type Scope } from "@sightline/auth/api-key";
import { connectBus } from "@sightline/bus/connect";
import type { StoredMessage } from "@sightline/bus/message";
import { readRange } from "@sightline/bus/ordered";
import { streamState } from "@sightline/bus/streams";
import { type Signal, telemetrySubject } from "@sightline/bus/subjects";
import { uuid7 } from "@sightline/model/uuid7";
import { insertApiKey } from "@sightline/postgres/api-keys";
import { migrate } from "@sightline/postgres/migrate";
import { createPool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { freePort } from "@sightline/testkit/free-port";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats, startPrivatePostgres, startRedis } from "@sightline/testkit/servers";
import { startService } from "@sightline/testkit/start-service";
import type { z } from "zod";
import { start } from "../app.ts";
import { type Config, config as schema } from "../config.ts";

export interface IngestOptions {
  readonly limits?: z.input<typeof schema>["limits"];
  readonly commit?: Partial<Config["commit"]>;
  /** Anything else of the configuration, such as ports of doors. */
  readonly config?: Partial<z.input<typeof schema>>;
  readonly clock?: () => number;
}

/** For tests: ingest in this process between real servers of its own. */
export async function startIngest(options: IngestOptions = {}) {
  const { limits = {}, commit = {}, clock = Date.now } = options;
  const [nats, postgres, redis] = await Promise.all([startNats(), startPrivatePostgres(), startRedis()]);
  const sql = createPool({ url: postgres.url, maxConnections: 2 }, { log: quietLog });
  await migrate(sql, quietLog);
  const [grpcPort, httpPort] = await Promise.all([freePort(), freePort()]);
  const config = schema.parse({
    otlp: { grpcPort, httpPort },
    // The requests of tests have fixed times.
    limits: { maxAgeMs: 3650 * 86_400_000, tenant: { refreshMs: 100 }, ...limits },
    commit,
    nats: { url: nats.url, diskBudgetBytes: 1_000_000_000 },
    postgres: { url: postgres.url },
    redis: { url: redis.url },
    ...options.config,
  });
  const service = await startService({ start, config, clock });
  const bus = await connectBus({ url: nats.url, name: "test", log: quietLog });

  const createKey = async (tenant: string, scopes: readonly Scope[] = ["ingest"]) => {
    await ensureTenant(sql, tenant);
    const { key, prefix, hash } = createApiKey(scopes[0] ?? "ingest");
    const keyId = uuid7(Date.now());
    await insertApiKey(sql, { keyId, tenant, name: keyId, prefix, hash, scopes });
    return { key, keyId };
  };
  /** What the stream holds of a signal, in shard 0, behind a sequence. */
  const stored = async (signal: Signal, afterSeq = 0): Promise<StoredMessage[]> => {
    const { lastSeq } = await streamState(bus, "telemetry");
    const range = {
      stream: "telemetry",
      subject: telemetrySubject(signal, 0),
      firstSeq: afterSeq + 1,
      lastSeq,
    } as const;
    return readRange(bus, { ...range, signal: new AbortController().signal });
  };
  const stop = async (): Promise<void> => {
    await bus.close();
    await service.stop();
    await sql.close();
    await Promise.all([nats.stop(), postgres.stop(), redis.stop()]);
  };
  return {
    http: `http://127.0.0.1:${httpPort}`,
    grpc: `127.0.0.1:${grpcPort}`,
    service,
    nats,
    postgres,
    redis,
    sql,
    createKey,
    stored,
    lastSeq: async () => (await streamState(bus, "telemetry")).lastSeq,
    /** One line of the metrics, by its name and labels as they are printed. */
    metric: async (line: string) => {
      const text = await service.deps.metrics.metrics();
      const found = text.split("\n").find((candidate) => candidate.startsWith(`${line} `));
      return found === undefined ? 0 : Number(found.slice(line.length + 1));
    },
    /** The sum of all lines of the metrics that begin so. */
    metricSum: async (beginning: string) => {
      const text = await service.deps.metrics.metrics();
      const found = text.split("\n").filter((candidate) => candidate.startsWith(beginning));
      return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
    },
    stop,
  };
}

/** Ingest under test. */
export type IngestUnderTest = Awaited<ReturnType<typeof startIngest>>;
