import { natsConfig } from "@sightline/bus/connect";
import { DEFAULT_LIMITS } from "@sightline/otlp/validate";
import { bootstrapKeysConfig } from "@sightline/postgres/bootstrap-keys";
import { postgresConfig } from "@sightline/postgres/pool";
import { redisConfig } from "@sightline/redis/client";
import { port, serviceConfig } from "@sightline/service/config";
import { z } from "zod";
import { syslogConfig } from "./doors/syslog/config.ts";

const mebibyte = 1024 * 1024;

const day = 86_400_000;
/** A port that a protocol's clients look for by habit; or not listened on. */
const ownPort = z.union([port, z.literal("off")], { error: `want a port or "off"` });

/** Configuration of ingest. */
export const config = z.strictObject({
  ...serviceConfig,
  adminPort: port.default(7201),
  otlp: z
    .strictObject({
      /** OTLP/gRPC and the event service. */
      grpcPort: port.default(4317),
      /** OTLP/HTTP, and every other protocol that comes by HTTP. */
      httpPort: port.default(4318),
    })
    .prefault({}),
  jaeger: z
    .strictObject({
      /** Where Jaeger's clients send to (14268); the same is served on the port of OTLP/HTTP. */
      port: ownPort.default("off"),
    })
    .prefault({}),
  loki: z
    .strictObject({
      /** Where Loki's clients send to (3100); the same is served on the port of OTLP/HTTP. */
      port: ownPort.default("off"),
    })
    .prefault({}),
  elasticsearch: z
    .strictObject({
      /** Where Elasticsearch's clients send to (9200); the same is served on the port of OTLP/HTTP. */
      port: ownPort.default("off"),
    })
    .prefault({}),
  healthCheck: z
    .strictObject({
      /** Where who watches a collector of OpenTelemetry asks whether it is well (13133). */
      port: ownPort.default("off"),
    })
    .prefault({}),
  syslog: syslogConfig,
  limits: z
    .strictObject({
      /** Longest request, before and after decompression (opentelemetry-proto specification: 64 MiB). */
      maxRequestBytes: z
        .int()
        .min(1024)
        .max(512 * mebibyte)
        .default(64 * mebibyte),
      /**
       * Of these, how long one may be in a format that is read in one go: JSON but for log records that are lines. A span of
       * Jaeger's can be as long. While one is read, some 20 to 30 ms a MiB, the process does nothing else.
       */
      maxAtOnceBytes: z
        .int()
        .min(1024)
        .max(512 * mebibyte)
        .default(16 * mebibyte),
      /** Requests in memory over all doors; above it senders are asked to come back. */
      maxHeldBytes: z
        .int()
        .min(mebibyte)
        .default(256 * mebibyte),
      /** Of these, how much one tenant may hold: a flood of one leaves room for the others. */
      maxHeldShare: z.number().gt(0).max(1).default(0.5),
      /** Connections at a time, on each port; what is beyond is closed at once. One that is idle takes some 50 KB. */
      maxConnections: z.int().min(1).default(5000),
      /** Requests at a time on one connection of HTTP/2 or gRPC; clients wait with what is beyond. */
      maxStreams: z.int().min(1).max(10_000).default(250),
      /** Bodies inflated at the same time. */
      maxInflations: z.int().min(1).max(64).default(4),
      /** Of a single span, data point or log record; what is beyond is refused while its neighbours are taken. */
      record: z
        .strictObject({
          maxRecordBytes: z.int().min(1024).default(DEFAULT_LIMITS.maxRecordBytes),
          maxAttributes: z.int().min(1).default(DEFAULT_LIMITS.maxAttributes),
          maxKeyBytes: z.int().min(1).default(DEFAULT_LIMITS.maxKeyBytes),
          maxValueBytes: z.int().min(1).default(DEFAULT_LIMITS.maxValueBytes),
          maxNameBytes: z.int().min(1).default(DEFAULT_LIMITS.maxNameBytes),
          /** Of a resource or scope, times its records: in the tables each record has a copy of it. */
          maxSharedBytes: z.int().min(1024).default(DEFAULT_LIMITS.maxSharedBytes),
        })
        .prefault({}),
      /**
       * Older records are refused. Each day is a partition, and ClickHouse refuses an insert into more than 100 of them:
       * beyond some 95 days a sender of old records may slow down everybody's.
       */
      maxAgeMs: z
        .int()
        .min(60_000)
        .max(3650 * day)
        .default(90 * day),
      /** Records that are ahead of our clock by more are refused: an hour for a sender's clock that is ahead, and one for ours that is behind. */
      maxAheadMs: z
        .int()
        .min(0)
        .max(day)
        .default(2 * 3_600_000),
      /** What one tenant may send; `PUT /v1/tenants/{tenant}/limits` says otherwise for single ones. */
      tenant: z
        .strictObject({
          /** After decompression, over all processes of ingest. */
          bytesPerSecond: z
            .int()
            .min(1)
            .default(256 * mebibyte),
          burstBytes: z
            .int()
            .min(1)
            .default(512 * mebibyte),
          recordsPerSecond: z.int().min(1).default(4_000_000),
          burstRecords: z.int().min(1).default(8_000_000),
          /** Series of metrics that are active at a time, in each process. */
          maxSeries: z.int().min(1).default(1_000_000),
          /** Of all tenants together, at 16 to 32 bytes; beyond it only who has less than an even share gets new ones. */
          maxSeriesHeld: z.int().min(1).default(2_000_000),
          /** A series not seen for that long, or twice as long at most, is no longer active. */
          seriesIdleMs: z.int().min(1000).default(1_800_000),
          /** How often the limits that tenants have of their own are read. */
          refreshMs: z.int().min(100).max(15_000).default(10_000),
        })
        .prefault({}),
    })
    .prefault({}),
  commit: z
    .strictObject({
      /** How long a request waits for others to share its message. */
      maxDelayMs: z.int().min(0).max(1000).default(5),
      /** Size from which a message goes at once. */
      maxBatchBytes: z
        .int()
        .min(1024)
        .max(8 * mebibyte)
        .default(512 * 1024),
      /** Shards of each signal, by which storage may divide its work over processes. */
      shards: z.int().min(1).max(64).default(4),
      /** What one shard carries before the next is used as well. */
      shardBytesPerSecond: z
        .int()
        .min(1)
        .default(32 * mebibyte),
    })
    .prefault({}),
  nats: natsConfig.prefault({}),
  postgres: postgresConfig.prefault({}),
  redis: redisConfig.prefault({}),
  /** Registered before the doors open, so that the platform's own services are known from their first request on. */
  bootstrapKeys: bootstrapKeysConfig,
});
export type Config = z.infer<typeof config>;
