import { natsConfig } from "@sightline/bus/connect";
import { postgresConfig } from "@sightline/postgres/pool";
import { port, serviceConfig } from "@sightline/service/config";
import { secret } from "@sightline/service/secret";
import { z } from "zod";
import { spansConfig } from "./spans/config.ts";

const positive = z.int().positive();

export const config = z.strictObject({
  ...serviceConfig,
  adminPort: port.default(7203),
  grpcPort: port.default(7102),
  internalToken: secret,
  nats: natsConfig.prefault({}),
  postgres: postgresConfig.prefault({}),
  baseline: z
    .strictObject({
      /** Values that a series must have shown before it is judged. */
      minSamples: positive.default(60),
      /** Values that a baseline remembers. */
      windowSize: positive.default(240),
      /** Values are taken at most this often. */
      sampleIntervalMs: z.int().nonnegative().default(10_000),
      /** Robust standard deviations from the median that are too many. */
      maxDeviations: z.number().positive().default(6),
      /** The expected range is never narrower than this share of the median to each side, per deviation. */
      minSpread: z.number().nonnegative().default(0.05),
      /** Outliers in a row that make an anomaly. */
      consecutive: positive.default(3),
      /** Outliers in a row after which the new level is normal. */
      relearnAfter: positive.default(60),
      /** Points of a tenant that are looked at in a second; of more, whole messages are left out. */
      maxPointsPerSecond: positive.default(100_000),
      maxSeries: positive.default(50_000),
      maxSeriesPerTenant: positive.default(20_000),
      /** Metrics whose names begin so are not watched: the insides of runtimes and of the platform vary as they like. */
      ignoredPrefixes: z
        .array(z.string())
        .default(["nodejs_", "process_", "scrape_", "sightline_", "rpc_", "go_", "otelcol_"]),
      saveIntervalMs: positive.default(300_000),
    })
    .prefault({}),
  health: z
    .strictObject({
      /** A target unheard of for longer is not part of the fleet any more. */
      forgetAfterMs: positive.default(900_000),
      /** How long an event or an anomaly weighs on a target. */
      rememberEventsMs: positive.default(900_000),
      maxTargetsPerTenant: positive.default(10_000),
      /** How often scores are worked out for metrics and change events. */
      scoreIntervalMs: positive.default(5000),
    })
    .prefault({}),
  spans: spansConfig.prefault({}),
  /** Anomalies older than this are forgotten; their events stay with the other events. */
  anomalyRetentionMs: positive.default(90 * 24 * 3_600_000),
});

export type Config = z.output<typeof config>;
