import { DEFAULT_TENANT, isTenant } from "@sightline/model/tenant";
import { postgresConfig } from "@sightline/postgres/pool";
import { port, serviceConfig } from "@sightline/service/config";
import { secret } from "@sightline/service/secret";
import { z } from "zod";
import { targetConfig } from "./targets/target.ts";

const MiB = 1024 * 1024;
const positive = z.int().positive();

export const config = z.strictObject({
  ...serviceConfig,
  adminPort: port.default(7200),
  grpcPort: port.default(7105),
  internalToken: secret,
  /** Whose API key this is: all that is collected belongs to that tenant, and only it may set targets. */
  tenant: z
    .string()
    .refine(isTenant, "expected 1 to 63 lower-case letters, digits and inner hyphens")
    .default(DEFAULT_TENANT),
  ingest: z.strictObject({
    /** host:port of its OTLP/gRPC door. */
    address: z.string().min(1).default("127.0.0.1:4317"),
    /** With the scope `ingest`. */
    apiKey: secret,
    deadlineMs: positive.default(10_000),
  }),
  outbox: z
    .strictObject({
      /** Where is kept what was not sent; one collector only. */
      dir: z.string().min(1).default("/var/lib/sightline/collector"),
      /** Beyond it the oldest goes. */
      maxBytes: z
        .int()
        .min(MiB)
        .default(256 * MiB),
      /** A power cut may cost what came in within this time; a kill costs nothing. */
      syncIntervalMs: positive.default(1000),
      /** How long the first of several requests waits for the others. */
      lingerMs: z.int().nonnegative().default(200),
      /** Longest pause between two tries while ingest is away. */
      maxDelayMs: positive.default(15_000),
    })
    .prefault({}),
  host: z
    .strictObject({
      enabled: z.boolean().default(true),
      intervalMs: z.int().min(1000).default(15_000),
      /** The host's /proc; in a container where it is mounted. */
      procPath: z.string().default("/proc"),
      /** Default: what the system says. */
      name: z.string().optional(),
    })
    .prefault({}),
  /** What the operator wants visited. */
  targets: z
    .array(targetConfig)
    .max(1000)
    .refine((targets) => new Set(targets.map(({ name }) => name)).size === targets.length, "expected different names")
    .default([]),
  /** Whether targets that people set may be on loopback and private addresses. */
  allowPrivateTargets: z.boolean().default(false),
  /** Targets that people may set. */
  maxStoredTargets: positive.default(1000),
  /** How often Postgres is asked for targets that another process has set. */
  targetRefreshMs: positive.default(30_000),
  scrape: z
    .strictObject({
      maxBodyBytes: positive.default(16 * MiB),
      maxSamples: positive.default(50_000),
    })
    .prefault({}),
  postgres: postgresConfig.prefault({}),
});

export type Config = z.output<typeof config>;
