import { fileURLToPath } from "node:url";
import { natsConfig } from "@sightline/bus/connect";
import { bootstrapKeysConfig } from "@sightline/postgres/bootstrap-keys";
import { postgresConfig } from "@sightline/postgres/pool";
import { sealConfig } from "@sightline/postgres/seal";
import { redisConfig } from "@sightline/redis/client";
import { port, serviceAddress, serviceConfig } from "@sightline/service/config";
import { secret } from "@sightline/service/secret";
import { z } from "zod";

export const config = z.strictObject({
  ...serviceConfig,
  adminPort: port.default(7206),
  /** The web page, REST and WebSocket. */
  httpPort: port.default(8080),
  /** The public gRPC door. */
  grpcPort: port.default(8081),
  internalToken: secret,
  nats: natsConfig.prefault({}),
  postgres: postgresConfig.prefault({}),
  /** For the secrets of inbound sources. */
  seal: sealConfig.prefault({}),
  redis: redisConfig.prefault({}),
  storage: serviceAddress("127.0.0.1:7101"),
  analyzer: serviceAddress("127.0.0.1:7102"),
  alerter: serviceAddress("127.0.0.1:7103"),
  reporter: serviceAddress("127.0.0.1:7104"),
  collector: serviceAddress("127.0.0.1:7105"),
  /** The first user; made when there is none of that name. Without a password none is made. */
  admin: z.strictObject({ username: z.string().min(1).default("admin"), password: secret.optional() }).prefault({}),
  bootstrapKeys: bootstrapKeysConfig,
  /** Where the built web page is. */
  pageDir: z.string().default(fileURLToPath(new URL("../web/dist", import.meta.url))),
  /** How long a login lasts. */
  sessionTtlMs: z
    .int()
    .positive()
    .default(12 * 3_600_000),
  /** Whether browsers may send the session's cookie over TLS only. */
  secureCookie: z.boolean().default(false),
  /**
   * How long deliveries of inbound sources are known again, at least ten minutes: a signature is good for five minutes before and after its
   * time, and as long somebody may send the same once more. GitHub sends again what is up to three days old.
   */
  keepDeliveriesMs: z
    .int()
    .min(600_000)
    .default(7 * 86_400_000),
  /**
   * Proxies whose X-Forwarded-For is believed: addresses, networks in CIDR form, or loopback, linklocal, uniquelocal. The
   * client's address is what failed logins are counted and told by.
   */
  trustedProxies: z.array(z.string().min(1)).default([]),
  /** Results of PromQL's range queries, in memory, for boards that are refreshed. */
  rangeCache: z
    .strictObject({
      /** 0: none are remembered. */
      maxBytes: z
        .int()
        .min(0)
        .default(64 * 1024 * 1024),
      /** Steps as young as this are computed every time. */
      recentMs: z.int().min(0).max(86_400_000).default(300_000),
      /** After so long all is computed again: samples that came late show by then. */
      maxAgeMs: z.int().positive().max(86_400_000).default(600_000),
    })
    .prefault({}),
  live: z
    .strictObject({
      maxViewers: z.int().positive().default(1000),
      maxSubscriptionsPerViewer: z.int().positive().default(16),
      /** A viewer with more than this waiting to be sent drops messages. */
      maxBufferedBytes: z
        .int()
        .positive()
        .default(1024 * 1024),
      pingIntervalMs: z.int().positive().default(20_000),
    })
    .prefault({}),
});

export type Config = z.output<typeof config>;
