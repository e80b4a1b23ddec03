import { natsConfig } from "@sightline/bus/connect";
import { clickhouseConfig } from "@sightline/clickhouse/client";
import { postgresConfig } from "@sightline/postgres/pool";
import { port, serviceConfig } from "@sightline/service/config";
import { secret } from "@sightline/service/secret";
import { z } from "zod";
import { behindConfig } from "./behind/config.ts";
import { diskConfig } from "./disk/config.ts";
import { retentionConfig } from "./retention/config.ts";
import { LANE_NAMES } from "./writer/lanes.ts";

/** What the storage service is told. */
export const storageConfig = z.strictObject({
  ...serviceConfig,
  adminPort: port.default(7202),
  /** Where queries are answered. */
  grpcPort: port.default(7101),
  /** What the other services show when they ask. */
  internalToken: secret,
  nats: natsConfig.prefault({}),
  clickhouse: clickhouseConfig.prefault({}),
  /** Where people's settings are. Without it what is set stays as it is; writing and answering go on. */
  postgres: postgresConfig.prefault({}),
  retention: retentionConfig.prefault({}),
  /** How often it is looked for rows of deleted tenants. */
  purgeIntervalMs: z.int().min(100).max(3_600_000).default(60_000),
  disk: diskConfig.prefault({}),
  behind: behindConfig.prefault({}),
  rollup: z
    .strictObject({
      /** Five minutes of samples are rolled up so long after they are over. */
      delayMs: z.int().min(1000).max(3_600_000).default(90_000),
    })
    .prefault({}),
  writer: z
    .strictObject({
      /** Which parts of the bus this process may write; none makes it answer queries only. */
      lanes: z.array(z.enum(LANE_NAMES)).default([...LANE_NAMES]),
      /** A batch waits this long for more after its first message. */
      flushIntervalMs: z.int().min(1).max(60_000).default(500),
      /** Two inserts into one table are this far apart at least, unless there is enough for one sooner. */
      insertIntervalMs: z.int().min(0).max(60_000).default(1000),
      /** A batch is full at this many records … */
      maxBatchRows: z.int().min(1).max(1_000_000).default(250_000),
      /** … or bytes on the bus. */
      maxBatchBytes: z.int().min(1).max(256_000_000).default(40_000_000),
      /** What is stored stays on the bus this long, for its other readers. */
      keepStoredMs: z.int().min(0).max(86_400_000).default(300_000),
      /** After so long a silence of the process that writes a part, another one takes it over. */
      takeoverMs: z.int().min(300).max(600_000).default(30_000),
    })
    .prefault({}),
  query: z
    .strictObject({
      /** What one statement of a query may take. */
      maxExecutionMs: z.int().min(100).max(600_000).default(20_000),
      maxRowsToRead: z.int().min(1).default(2_000_000_000),
      maxResultRows: z.int().min(1).default(100_000),
      maxMemoryBytes: z.int().min(1_000_000).default(2_000_000_000),
      /** How many queries are answered at a time … */
      maxConcurrent: z.int().min(1).max(1000).default(20),
      /** … of one tenant at most: the rest is for the others. */
      maxConcurrentPerTenant: z.int().min(1).max(1000).default(8),
      /** A tenant's further queries wait for their turn, so many … */
      maxWaitingPerTenant: z.int().min(0).max(10_000).default(200),
      /** … and so long. */
      maxWaitMs: z.int().min(1).max(600_000).default(20_000),
    })
    .prefault({}),
  /** What a statement of a user may take besides what every query may. */
  sql: z
    .strictObject({
      maxBytesToRead: z.int().min(1).default(200_000_000_000),
      /** Of the answer. */
      maxResultRows: z.int().min(1).default(1_000_000),
      maxResultCharacters: z.int().min(1).default(500_000_000),
    })
    .prefault({}),
  promql: z
    .strictObject({
      /** What one selector of a query may select … */
      maxMetrics: z.int().min(1).default(20_000),
      maxSeries: z.int().min(1).default(100_000),
      /** … and how many samples a query may hold, of all selectors: 16 bytes of memory each. */
      maxSamples: z.int().min(1).default(20_000_000),
      /** Of how many series the labels are remembered, some 700 bytes each. */
      maxKnownSeries: z.int().min(0).default(100_000),
    })
    .prefault({}),
  logql: z
    .strictObject({
      /** How many lines a query may look at that the database cannot decide on … */
      maxLines: z.int().min(1).default(20_000_000),
      /** … and how many characters of their texts. */
      maxCharacters: z.int().min(1).default(4_000_000_000),
      /** How many counts of a series in a piece of time a query may add up. */
      maxPaneCounts: z.int().min(1).default(5_000_000),
      /** How many series an answer may have. */
      maxSeries: z.int().min(1).default(5000),
      /** How many numbers series may have on the way together: 8 bytes of memory each. */
      maxCells: z.int().min(1).default(20_000_000),
      /** How many samples quantiles and rates of counters may hold: 16 bytes of memory each. */
      maxSamples: z.int().min(1).default(10_000_000),
      /** How many characters of lines may be answered. */
      maxTextLength: z.int().min(1).default(64_000_000),
      /** How many streams, labels or values may be listed. */
      maxStreams: z.int().min(1).default(50_000),
    })
    .prefault({}),
  traceql: z
    .strictObject({
      /** How many traces a query may look at … */
      maxCandidates: z.int().min(1).default(5000),
      /** … and how many spans of them at once, or groups of spans: some 500 bytes of memory each. */
      maxSpansAtOnce: z.int().min(1).default(50_000),
      /** How many series an answer may have. */
      maxSeries: z.int().min(1).default(1000),
      /** How many numbers series may have on the way together: 8 bytes of memory each. */
      maxCells: z.int().min(1).default(5_000_000),
    })
    .prefault({}),
});
export type StorageConfig = z.infer<typeof storageConfig>;
